package press

import "postbag/letters/typeset"

// strconv writes the same numbers; these are in the way of every page, and most are of one to four digits.

// pairs holds the numbers 00 to 99.
const pairs = "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899"

// appendInt writes a whole number.
func appendInt(dst []byte, v int64) []byte {
	if v < 0 {
		dst = append(dst, '-')
		v = -v
	}
	if v < 10 {
		return append(dst, byte('0'+v))
	}
	if v < 100 {
		return append(dst, pairs[2*v], pairs[2*v+1])
	}
	if v < 1000 {
		rest := v % 100
		return append(dst, byte('0'+v/100), pairs[2*rest], pairs[2*rest+1])
	}
	var digits [20]byte
	n := len(digits)
	for v >= 100 {
		rest := v % 100
		v /= 100
		n -= 2
		digits[n], digits[n+1] = pairs[2*rest], pairs[2*rest+1]
	}
	if v >= 10 {
		n--
		digits[n] = pairs[2*v+1]
		v /= 10
	}
	n--
	digits[n] = byte('0' + v)
	return append(dst, digits[n:]...)
}

// appendPoints writes a length in points with at most two decimals: 0.01 pt is finer than any printer.
func appendPoints(dst []byte, l typeset.Length) []byte {
	v := roundTo(int64(l), 10)
	if v < 0 {
		dst = append(dst, '-')
		v = -v
	}
	dst = appendInt(dst, v/100)
	if rest := v % 100; rest != 0 {
		dst = append(dst, '.', pairs[2*rest])
		if rest%10 != 0 {
			dst = append(dst, pairs[2*rest+1])
		}
	}
	return dst
}

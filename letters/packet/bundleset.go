package packet

import (
	"cmp"
	"encoding"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// BundleSet is some of a packet's bundles, by their numbers from 1: ranges in ascending order that neither overlap nor touch. It is
// written "1-3,5". The zero BundleSet is none.
type BundleSet []BundleRange

// BundleRange is the bundles From to To, both of them included.
type BundleRange struct{ From, To int }

var (
	_ encoding.TextMarshaler   = BundleSet{}
	_ encoding.TextUnmarshaler = (*BundleSet)(nil)
)

// BundlesOf is the set of these numbers, whatever their order.
func BundlesOf(numbers ...int) BundleSet {
	ranges := make([]BundleRange, len(numbers))
	for i, n := range numbers {
		ranges[i] = BundleRange{n, n}
	}
	return joinRanges(ranges)
}

// ParseBundleSet reads what a person types: numbers and ranges in any order, as in "17", "3-5" or "1, 4-6". An error is a sentence
// about the text, without its full stop.
func ParseBundleSet(text string) (BundleSet, error) {
	var ranges []BundleRange
	for part := range strings.SplitSeq(text, ",") {
		from, to, ranged := strings.Cut(strings.TrimSpace(part), "-")
		if !ranged {
			to = from
		}
		a, ok1 := bundleNumber(from)
		z, ok2 := bundleNumber(to)
		if !ok1 || !ok2 {
			return nil, fmt.Errorf("%s is not the number of a bundle, nor a range of them", shown(strings.TrimSpace(part)))
		}
		if a > z {
			return nil, fmt.Errorf("the range %d-%d runs backwards", a, z)
		}
		ranges = append(ranges, BundleRange{a, z})
	}
	return joinRanges(ranges), nil
}

// bundleNumber reads the number of a bundle; zeros in front, as in the names of files, do not count.
func bundleNumber(digits string) (n int, ok bool) {
	digits = strings.TrimSpace(digits)
	if digits == "" || len(digits) > 9 || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil && n > 0
}

// joinRanges brings ranges into order and joins those that overlap or touch.
func joinRanges(ranges []BundleRange) BundleSet {
	slices.SortFunc(ranges, func(a, b BundleRange) int { return cmp.Or(a.From-b.From, a.To-b.To) })
	var s BundleSet
	for _, r := range ranges {
		if last := len(s) - 1; last >= 0 && r.From <= s[last].To+1 {
			s[last].To = max(s[last].To, r.To)
			continue
		}
		s = append(s, r)
	}
	return s
}

// Len is how many bundles there are.
func (s BundleSet) Len() int {
	n := 0
	for _, r := range s {
		n += r.To - r.From + 1
	}
	return n
}

// Last is the highest number; 0 for none.
func (s BundleSet) Last() int {
	if len(s) == 0 {
		return 0
	}
	return s[len(s)-1].To
}

// All gives the numbers in ascending order.
func (s BundleSet) All() iter.Seq[int] {
	return func(yield func(int) bool) {
		for _, r := range s {
			for n := r.From; n <= r.To; n++ {
				if !yield(n) {
					return
				}
			}
		}
	}
}

// String writes the set as "1-3,5".
func (s BundleSet) String() string {
	var b []byte
	for i, r := range s {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(r.From), 10)
		if r.To > r.From {
			b = strconv.AppendInt(append(b, '-'), int64(r.To), 10)
		}
	}
	return string(b)
}

// MarshalText is String, for JSON.
func (s BundleSet) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes nothing but what MarshalText writes.
func (s *BundleSet) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*s = nil
		return nil
	}
	set, err := ParseBundleSet(string(text))
	if err != nil {
		return err
	}
	if set.String() != string(text) {
		return fmt.Errorf("%s is not written as %s", shown(string(text)), set)
	}
	*s = set
	return nil
}

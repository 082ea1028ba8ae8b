package packet

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// BundleCode is what the machine-readable code on a slip sheet says: which bundle it lies on, and the hash over its letters. As text it is
//
//	POSTBAG-BUNDLE/1 CAMPAIGN/NUMBER HASH
//
// for example "POSTBAG-BUNDLE/1 CLEAN-WATER-2026/17 5D0C…": the campaign and the 64 hexadecimal digits of the bundle's root in capitals,
// since small letters would make a QR code half as large again (ISO/IEC 18004, 7.4.4: the alphanumeric mode has 45 characters, all of
// which this text is made of). A campaign's name has no capitals of its own, so nothing is lost. CAMPAIGN/NUMBER is the bundle's id.
type BundleCode struct {
	Campaign string
	Number   int    // of the bundle in its packet, from 1
	Root     string // the hash in lower-case hex
}

const bundleCodeFormat = "POSTBAG-BUNDLE/1"

// String is the text of the code.
func (c BundleCode) String() string {
	return strings.ToUpper(bundleCodeFormat + " " + c.Campaign + "/" + strconv.Itoa(c.Number) + " " + c.Root)
}

var errBundleCode = errors.New("it is not what the code of a slip sheet says: " + bundleCodeFormat + ", the bundle's id, and 64 hexadecimal digits")

// ParseBundleCode reads the text of a code as a scanner gives it; white space around it does not count, and nothing else is let pass.
func ParseBundleCode(text string) (BundleCode, error) {
	text = strings.TrimSpace(text)
	parts := strings.Split(text, " ")
	if len(parts) != 3 || parts[0] != bundleCodeFormat || text != strings.ToUpper(text) {
		return BundleCode{}, errBundleCode
	}
	campaign, number, _ := strings.Cut(strings.ToLower(parts[1]), "/")
	root := strings.ToLower(parts[2])
	n, err := strconv.Atoi(number)
	c := BundleCode{Campaign: campaign, Number: n, Root: root}
	if !IsHash(root) || err != nil || n < 1 || campaign == "" || c.String() != text { // a sign or leading zeros would be another text for the same code
		return BundleCode{}, errBundleCode
	}
	return c, nil
}

// Check finds the bundle that the code is of. Another bundle in its place is an error that a person can read.
func (c BundleCode) Check(m *Manifest) (*Bundle, error) {
	switch {
	case c.Campaign != m.Campaign:
		return nil, fmt.Errorf("it is of the campaign %s, and the packet of %s", shown(c.Campaign), shown(m.Campaign))
	case c.Number > len(m.Bundles):
		return nil, fmt.Errorf("it is of bundle %d, and the packet has %d", c.Number, len(m.Bundles))
	}
	b := &m.Bundles[c.Number-1]
	switch b.Root {
	case c.Root:
		return b, nil
	case "":
		return nil, errors.New("the packet's manifest is of version 1, which has no hashes over letters")
	}
	return nil, fmt.Errorf("its hash is %s, and in the packet bundle %d has %s: it is of another packet, or of other letters", c.Root, c.Number, b.Root)
}

//go:build !linux

package packet

import "testing"

func smallDisk(t *testing.T) string {
	t.Skip("no small disk can be had")
	return ""
}

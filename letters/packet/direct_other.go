//go:build !linux

package packet

import "os"

// setDirect does nothing: files are written through the page cache.
func setDirect(*os.File, bool) bool { return false }

func isRefused(error) bool { return false }

package packet

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func wantFault(t *testing.T, dir, path, what string) {
	t.Helper()
	for _, f := range verified(t, dir) {
		if f.Path == path && strings.Contains(f.What, what) {
			if f.Do == "" {
				t.Errorf("the fault says nothing to do: %+v", f)
			}
			return
		}
	}
	t.Errorf("no fault of %s that %q: %v", path, what, verified(t, dir))
}

var _ = os.Remove
var _ = filepath.Join

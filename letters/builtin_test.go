package letters

import (
	"context"
	"path/filepath"
	"testing"

	"postbag/templates"
)

// A built-in letter for one signer fits on a page, whatever its language and the paper, for a signer of the sample with a long name.
func TestBuiltInLettersFitOnAPage(t *testing.T) {
	dir := folder(t, nil)
	for _, name := range []string{"supporter", "shareholder", "urgent"} {
		for _, language := range templates.Languages(name) {
			for _, paper := range []string{"a4", "letter"} {
				c := campaignIn(t, dir, map[string]string{
					"letter.template": name, "letter.language": language, "letter.paper": paper, "fields": "reply_by=1.3.2027",
				})
				report, err := Preview(context.Background(), c, PreviewOptions{Row: 33, Out: filepath.Join(dir, "preview.pdf")})
				if err != nil {
					t.Fatalf("%s.%s on %s: %v", name, language, paper, err)
				}
				if report.Pages != 1 {
					t.Errorf("%s.%s on %s takes %d pages", name, language, paper, report.Pages)
				}
			}
		}
	}
}

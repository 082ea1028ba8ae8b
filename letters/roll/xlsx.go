package roll

import "postbag/config"

func (f *file) openSheet(c *config.Campaign) error {
	return f.source.refuse("this is a spreadsheet (.xlsx) or a ZIP file, not a CSV file", "Export")
}
func (f *file) sheetRows(c *content) (rowReader, error) { return nil, nil }

package roll

import "postbag/config"

func jsonKind(start, path string) fileKind                     { return csvFile }
func (f *file) openJSON(head []byte, c *config.Campaign) error { return nil }
func (f *file) jsonRows(c *content) (rowReader, error)         { return nil, nil }

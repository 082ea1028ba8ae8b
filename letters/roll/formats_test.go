package roll

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	encodings "golang.org/x/text/encoding/unicode"

	"postbag/config"
	"postbag/letters/problem"
)

// listIn makes a campaign whose list is a file with a name of its own.
func listIn(t testing.TB, name, text string, change func(*config.Campaign)) *config.Campaign {
	t.Helper()
	return campaignOf(t, text, func(c *config.Campaign) {
		c.Signers.File = filepath.Join(c.Dir, name)
		if change != nil {
			change(c)
		}
	})
}

// Each export is read with no settings at all, as the tool writes it.
func TestExportsOfCampaignToolsAreReadAsTheyCome(t *testing.T) {
	for _, c := range []struct{ tool, file, text, want, left string }{
		{"Action Network", "", "uuid,first_name,last_name,email,zip_code,country,can2_phone,can2_user_address,can2_user_city,can2_user_state,can2_state_abbreviated,can2_county,can2_user_tags,can2_subscription_status,can2_sms_status,Why?\n" +
			"u1,Zoë,Adams,z@example.org,01234,US,,1 Street,Boston,Massachusetts,MA,Suffolk,,unsubscribed,,\n",
			"2:Zoë Adams|Boston, MA, United States", ""},
		{"Change.org", "petition_signatures_jobs_12_20261101000000.csv", utf16le("Name\tCity\tState\tPostal Code\tCountry\tSigned On\nZoë Ng\tYork\t\tYO1\tUnited Kingdom\t2026-11-01\n"),
			"2:Zoë Ng|York, United Kingdom", ""},
		{"ControlShift, organiser", "", "id,first_name,last_name,phone_number,postcode,comment\n1,Ann,Lee,1,LS1,Why?\n2,Ann,Lee,1,LS1,again\n",
			"2:Ann Lee|", "3:duplicate:the same person as row 2"},
		{"ControlShift, admin", "", "id,petition_id,email,first_name,last_name,phone_number,postcode,created_at,join_organisation,deleted_at,unsubscribe_at,external_constituent_id,member_id,source,join_group,external_id,new_member,comment\n" +
			"1,9,a@example.org,Ann,Lee,,LS1,2026-01-01,true,,2026-02-02,,,,,,,\n2,9,b@example.org,Bo,Lee,,LS1,2026-01-01,,2026-02-02,,,,,,,,\n",
			"2:Ann Lee|", "3:opted out:marked in the column deleted_at"},
		{"CiviCRM", "", "Contact ID,Contact Type,Do Not Email,Do Not Trade,No Bulk Emails (User Opt Out),Sort Name,Display Name,First Name,Middle Name,Last Name,Deceased,Contact is in Trash,City,Postal Code,State,Country,Email\n" +
			"1,Individual,Yes,No,Yes,\"Lee, Ann\",Dr. Ann Lee,Ann,,Lee,No,No,Leeds,LS1,,United Kingdom,a@example.org\n" +
			"2,Individual,,Yes,,\"Ng, Bo\",Bo Ng,Bo,,Ng,,,Leeds,LS1,,United Kingdom,b@example.org\n" +
			"3,Individual,,,,\"Oh, Cy\",Cy Oh,Cy,,Oh,1,,Leeds,LS1,,United Kingdom,c@example.org\n" +
			"4,Individual,,,,\"Pa, Di\",Di Pa,Di,,Pa,,Yes,Leeds,LS1,,United Kingdom,d@example.org\n",
			"2:Dr. Ann Lee|Leeds, United Kingdom",
			"3:opted out:marked in the column Do Not Trade\n4:opted out:marked in the column Deceased\n5:opted out:marked in the column Contact is in Trash"},
		{"Engaging Networks", "", "Account ID,Supporter ID,Supporter Email,Date Created,Campaign Number,Campaign Type,Campaign ID,Email Address,Title,First Name,Middle Name,Last Name,Address 1,City,Region,Postcode,Country,Phone Number\n" +
			"1,2,a@example.org,d,3,ET,4,a@example.org,Ms,Ann,,Lee,x,Leeds,,LS1,GB,\n1,2,a@example.org,d,3,PET,5,a@example.org,Ms,Ann,,Lee,x,Leeds,,LS1,GB,\n",
			"2:Ann Lee|Leeds, United Kingdom", "3:duplicate:the same person as row 2"},
		{"EveryAction", "", "VANID,FirstName,LastName,Address,City,mAddress,mCity,mState,mZip5\n7,Ann,Lee,x,Reno,y,Elko,NV,89801\n", "2:Ann Lee|Reno, NV", ""},
		{"NationBuilder", "", "nationbuilder_id,prefix,first_name,middle_name,last_name,suffix,email1,email2,email_opt_in,phone_number,do_not_contact,do_not_call,employer,occupation,primary_address1,primary_city,primary_state,primary_zip,primary_country,mailing_city\n" +
			"1,Ms,Ann,,Lee,,a@example.org,,false,,true,true,,,x,Reno,NV,89501,US,Elko\n", "2:Ann Lee|Reno, NV, United States", ""},
		{"Mailchimp", "", "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS\n" +
			"a@example.org,Ann,Lee,2,,,,,,,,,,FR,75,,1,e1,,\n", "2:Ann Lee|75, France", ""},
		{"EFF Action Center", "", "full_name,email,city,state,country_code\nAnn Lee,a@example.org,Reno,NV,United States\n", "2:Ann Lee|Reno, NV, United States", ""},
		{"Pytition", "", "first_name,last_name,phone,email,subscribed_to_mailinglist,confirmed\nAnn,Lee,,a@example.org,False,True\nBo,Ng,,b@example.org,True,False\n",
			"2:Ann Lee|", "3:not confirmed"},
		{"", "", "Liste der Unterschriften\n\nVorname;Nachname;Ort\nJürgen;Groß;Köln\nSumme;1;\n", "4:Jürgen Groß|Köln", "5:totals row"},
	} {
		name := c.file
		if name == "" {
			name = "signers.csv"
		}
		l, err := Open(context.Background(), listIn(t, name, c.text, nil))
		if err != nil {
			t.Errorf("%s: %v", c.tool, err)
			continue
		}
		keep := []string{"name", "place"}
		if !l.Has("place") {
			keep = []string{"name"}
			c.want = strings.TrimSuffix(c.want, "|")
		}
		r, err := l.Read(context.Background(), ReadOptions{Keep: keep})
		if err != nil {
			t.Errorf("%s: %v", c.tool, err)
			continue
		}
		if got := signers(r); got != c.want {
			t.Errorf("%s: letters\n%s\nwant\n%s", c.tool, got, c.want)
		}
		if got := exclusions(r); got != c.left {
			t.Errorf("%s: exclusions\n%s\nwant\n%s", c.tool, got, c.left)
		}
		if notes := strings.Join(l.Notes(), "\n"); c.tool != "" && !strings.Contains(notes, "an export of "+c.tool) {
			t.Errorf("%s: the notes say %q", c.tool, notes)
		}
	}
}

func utf16le(text string) string {
	out, err := encodings.UTF16(encodings.LittleEndian, encodings.UseBOM).NewEncoder().String(text)
	if err != nil {
		panic(err)
	}
	return out
}

// corpusRows are known rows for each group of languages, in the order of the corpus's encodings.
var corpusRows = map[string][][]string{
	"western":  {{"José Muñoz", "Málaga"}, {"François Lefèvre", "Besançon"}, {"Jürgen Groß", "Köln"}, {"Åsa Sjögren", "Göteborg"}, {"Søren Kjær", "Ærø"}, {"João Gonçalves", "São Paulo"}, {"Ann \"Bo\" Lee", "York, Ontario"}},
	"central":  {{"Łukasz Wiśniewski", "Łódź"}, {"Jiří Dvořák", "Plzeň"}, {"Žofie Růžičková", "Třebíč"}, {"Małgorzata Zając", "Kraków"}, {"Gergő Szűcs", "Győr"}, {"Ann \"Bo\" Lee", "York; Ontario"}},
	"cyrillic": {{"Иван Соколов", "Москва"}, {"Елена Петрова", "Казань"}, {"Михаил Кузнецов", "Воронеж"}, {"Юлия Зайцева", "Пермь"}, {"Ann \"Bo\" Lee", "York|Ontario"}},
	"ascii":    {{"Ann Lee", "York"}, {"Bob O'Neil", "Cork"}, {"Ann \"Bo\" Lee", "York\tOntario"}},
	"world":    {{"王小明", "北京"}, {"Ngọc Nguyễn", "Đà Nẵng"}, {"مريم حسن", "القاهرة"}, {"Γιώργος Παπαδόπουλος", "Αθήνα"}, {"Zoë Łuk", "São"}, {"🙂", "x"}},
}

// The corpus: known rows, written in every encoding and dialect that they can be written in. A file is read exactly, or refused.
func TestACorpusOfFilesIsReadExactlyOrRefused(t *testing.T) {
	dir := t.TempDir()
	files, refused := 0, 0
	for rows, table := range corpusRows {
		for encodingName, e := range map[string]encoding.Encoding{
			"utf-8": encodings.UTF8, "utf-8 bom": encodings.UTF8BOM,
			"utf-16le bom": encodings.UTF16(encodings.LittleEndian, encodings.UseBOM), "utf-16be bom": encodings.UTF16(encodings.BigEndian, encodings.UseBOM),
			"utf-16le": encodings.UTF16(encodings.LittleEndian, encodings.IgnoreBOM), "utf-16be": encodings.UTF16(encodings.BigEndian, encodings.IgnoreBOM),
			"windows-1252": charmap.Windows1252, "windows-1250": charmap.Windows1250, "windows-1251": charmap.Windows1251, "macintosh": charmap.Macintosh,
		} {
			for _, delimiter := range []rune{',', ';', '\t', '|'} {
				for _, eol := range []string{"\n", "\r\n", "\r"} {
					for _, first := range []string{"", "sep=" + string(delimiter) + eol} {
						text := first + corpusText(table, delimiter, eol)
						written, err := e.NewEncoder().String(text)
						if err != nil {
							continue // these rows cannot be written so
						}
						files++
						name := fmt.Sprintf("%s as %s with %q, %q, %q", rows, encodingName, delimiter, eol, first)
						if !readsExactly(t, dir, name, written, table) {
							refused++
							if !strings.HasPrefix(encodingName, "windows") && encodingName != "macintosh" {
								t.Errorf("%s is refused", name)
							}
						}
					}
				}
			}
		}
	}
	t.Logf("%d files, %d refused", files, refused)
	if files < 200 || refused > files/10 {
		t.Errorf("%d files, %d refused", files, refused)
	}
}

func corpusText(table [][]string, delimiter rune, eol string) string {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.Comma = delimiter
	rows := append([][]string{{"Full name", "City"}}, table...)
	if err := w.WriteAll(rows); err != nil {
		panic(err)
	}
	return strings.ReplaceAll(out.String(), "\n", eol)
}

// readsExactly reads a file of the corpus; false says that it was refused with a reason.
func readsExactly(t *testing.T, dir, name, text string, table [][]string) bool {
	c := &config.Campaign{}
	c.Signers.File = filepath.Join(dir, "signers.csv")
	c.Signers.Consent.Attested = &config.Attestation{}
	if err := os.WriteFile(c.Signers.File, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := Open(context.Background(), c)
	if err != nil {
		var list problem.List
		if !errors.As(err, &list) || list[0].Do == "" {
			t.Errorf("%s: %v", name, err)
		}
		return false
	}
	r, err := l.Read(context.Background(), ReadOptions{Keep: []string{"Full name", "City"}})
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return false
	}
	for i := range r.Len() {
		got, want := r.Fields(i, nil), table[i]
		if got[0] != want[0] || got[1] != strings.ReplaceAll(want[1], "\t", " ") {
			t.Errorf("%s: row %d is read as %q, want %q (notes: %q)", name, i, got, want, l.Notes())
		}
	}
	if r.Len() != len(table) {
		t.Errorf("%s: %d letters of %d rows; %s", name, r.Len(), len(table), exclusions(r))
	}
	return true
}

// What an old encoding could be in two ways is refused with both, and a setting decides.
func TestADoubtfulEncodingIsAskedFor(t *testing.T) {
	text := "name,city\nXu\xf1ka,Leeds\n"
	_, err := Open(context.Background(), campaignOf(t, text, nil))
	if err == nil || !strings.Contains(err.Error(), `"Xuñka"`) || !strings.Contains(err.Error(), "signers.encoding") {
		t.Errorf("a doubtful file gives %v", err)
	}
	r := read(t, campaignOf(t, text, func(c *config.Campaign) { c.Signers.Encoding = "windows-1250" }), "name")
	if got := signers(r); got != "2:Xuńka" {
		t.Errorf("as windows-1250 it says %q", got)
	}
}

func TestSpreadsheets(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "signers.xlsx")
	x := excelize.NewFile()
	sheet := x.GetSheetName(0)
	zeros, err := x.NewStyle(&excelize.Style{CustomNumFmt: new("00000")})
	if err != nil {
		t.Fatal(err)
	}
	day, err := x.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range [][]any{
		{"Signatures of November"}, {},
		{"Full name", "City", "Postcode", "Signed", "Agreed", "Id"},
		{"Zoë <&> \"Łuk\"", "Leeds", 1234, time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), true, 12345678901234567},
		{"王小明", nil, "LS1", nil, false, 2},
		{" José  María ", "León", nil, nil, true},
	} {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := x.SetSheetRow(sheet, cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range []error{x.SetCellStyle(sheet, "C4", "C4", zeros), x.SetCellStyle(sheet, "D4", "D4", day), x.SetRowVisible(sheet, 6, false)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := x.NewSheet("Notes"); err != nil {
		t.Fatal(err)
	}
	if err := x.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	c := &config.Campaign{File: "campaign.yaml"}
	c.Signers.File = path
	c.Signers.Consent = config.Consent{Column: "agreed", Values: []string{"true"}}
	l, err := Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.Read(context.Background(), ReadOptions{Keep: []string{"name", "city", "postcode", "signed"}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := signers(r), "4:Zoë <&> \"Łuk\"|Leeds|01234|2026-11-01\n6:José María|León||"; got != want {
		t.Errorf("letters\n%s\nwant\n%s", got, want)
	}
	if got, want := exclusions(r), "5:no consent"; got != want {
		t.Errorf("exclusions %s, want %s", got, want)
	}
	notes := strings.Join(l.Notes(), "\n")
	for _, want := range []string{"The header is row 3", "1 hidden rows", `the sheet "Sheet1"`} {
		if !strings.Contains(notes, want) {
			t.Errorf("the notes do not say %q: %s", want, notes)
		}
	}
	if err := x.SetCellValue("Notes", "A1", "name"); err != nil {
		t.Fatal(err)
	}
	if err := x.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(context.Background(), c); err == nil || !strings.Contains(err.Error(), "several sheets hold rows: Sheet1, Notes") {
		t.Errorf("two filled sheets give %v", err)
	}
	c.Signers.Sheet = "sheet1"
	if _, err := Open(context.Background(), c); err != nil {
		t.Error(err)
	}
}

func TestJSONAndJSONLines(t *testing.T) {
	const objects = `{"name": "Zo\u00eb \ud83d\ude42", "city": "Leeds", "tags": [1, {"a": null}], "agreed": true}` + "\n" +
		`{"city":"York","agreed":false,"name":"Bo"}` + "\n" + `{"name":"Cy","name":"Di","agreed":true}` + "\n" + `{"name":"Eve\ud800","agreed":true}`
	list := "[" + strings.ReplaceAll(objects, "\n", ",\n") + "]"
	for name, text := range map[string]string{
		"list":    list,
		"wrapped": `{"count": 3, "errors": [], "signatures": ` + list + `, "next": {"a": [1]}}`,
		"lines":   objects,
		"bom":     "\uFEFF" + list,
		"utf16":   utf16le(list),
	} {
		c := listIn(t, "signers.json", text, func(c *config.Campaign) {
			c.Signers.Consent = config.Consent{Column: "agreed", Values: []string{"true"}}
		})
		r := read(t, c, "name", "city", "tags.0")
		if got, want := signers(r), "1:Zoë 🙂|Leeds|1"; got != want {
			t.Errorf("%s: letters %q, want %q", name, got, want)
		}
		want := "2:no consent\n3:unreadable row:a name stands in it twice: name\n4:unreadable row:the column name holds bytes that are not text in the list's encoding"
		if got := exclusions(r); got != want {
			t.Errorf("%s: exclusions\n%s\nwant\n%s", name, got, want)
		}
	}
	for text, want := range map[string]string{
		"[" + strings.Repeat(`{"a":`, 100_000): "nested more than",
		`[{"name":"A"}`:                        "it ends too early",
		`[{"name":"A"},]`:                      `the value ""`,
		`[{"name":A}]`:                         `the value "A"`,
		`{"a":[{"name":"A"}],"b":[{"c":1}]}`:   "several lists",
		`{"a":1}`:                              "no column holds the signers' names",
	} {
		l, err := Open(context.Background(), listIn(t, "signers.json", text, nil))
		if err == nil {
			_, err = l.Read(context.Background(), ReadOptions{Keep: []string{"name"}})
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q gives %v, want %q", text, err, want)
		}
	}
}

func TestPackedFilesAndSeveralFilesAtOnce(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte("Vorname;Nachname;Ort;E-Mail\nJürgen;Groß;Köln;j@example.org\nAnn;Lee;Bonn;a@example.org\n")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	c := listIn(t, "a.csv", "name,email,union\nAnn Lee,A@example.org,IG\n", func(c *config.Campaign) {
		c.Signers.Files = []string{c.Signers.File, filepath.Join(c.Dir, "b.csv.gz")}
		c.Bundles.GroupBy = []string{"union"}
	})
	if err := os.WriteFile(c.Signers.Files[1], packed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	r := read(t, c, "name", "city", "union")
	if got, want := signers(r), "2:Ann Lee||IG\n2:Jürgen Groß|Köln|"; got != want {
		t.Errorf("letters %q, want %q", got, want)
	}
	if len(r.Exclusions) != 1 || r.Exclusions[0].Row != (Row{1, 3}) || !strings.HasSuffix(r.Exclusions[0].Detail, "row 2 of "+c.Signers.File) {
		t.Errorf("exclusions %+v", r.Exclusions)
	}
	if len(r.Sources) != 2 || r.Sources[1].Bytes != int64(packed.Len()) {
		t.Errorf("sources %+v", r.Sources)
	}
	if err := os.WriteFile(c.Signers.Files[1], packed.Bytes()[:packed.Len()-6], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(context.Background(), c); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("half a gzip file gives %v", err)
	}
}

// No file may make reading take for ever or without bound.
func TestHostileFilesAreRefusedInTime(t *testing.T) {
	var bomb bytes.Buffer
	z, err := gzip.NewWriterLevel(&bomb, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write([]byte("name,city\n")); err != nil {
		t.Fatal(err)
	}
	block := bytes.Repeat([]byte("A,B\n"), 1<<18)
	for range 400 {
		if _, err := z.Write(block); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	sheet := sheetFile(t, map[string]string{
		"xl/sharedStrings.xml":     "<sst>" + strings.Repeat("<si><t>"+strings.Repeat("x", 1000)+"</t></si>", 300_000) + "</sst>",
		"xl/worksheets/sheet1.xml": "<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>name</t></is></c></row></sheetData></worksheet>",
	})
	for name, c := range map[string]struct{ text, want string }{
		"a bomb of gzip":      {bomb.String(), "unpacks to more than 250 times"},
		"a bomb of texts":     {string(sheet), "more than 256 MB of text"},
		"many columns":        {"name" + strings.Repeat(",x", 30_000) + "\nA\n", "no column holds the signers' names"},
		"one endless line":    {"name," + strings.Repeat("x", 8<<20), "the header has a cell of more than"},
		"nothing but rows":    {"name,city\nA,B\n" + strings.Repeat("\n", maxUseless+3<<12), "nearly all are blank"},
		"a cell of 5 MB":      {"name,city\nA,\"" + strings.Repeat("x", 5<<20) + "\"\nB,C\n", "never closes"},
		"an open mark at top": {"\"name,city\nA,B\n", "never closes"},
	} {
		start := time.Now()
		l, err := Open(context.Background(), campaignOf(t, c.text, nil))
		if err == nil {
			_, err = l.Read(context.Background(), ReadOptions{Keep: []string{"name"}})
		}
		var list problem.List
		if !errors.As(err, &list) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s gives %v, want %q", name, err, c.want)
		}
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
	r := read(t, campaignOf(t, "name"+strings.Repeat(",x", maxCells-1)+"\nA"+strings.Repeat(",y", maxCells-1)+"\nB,C\n", nil), "name")
	if got, want := signers(r), "2:A"; got != want || len(r.Exclusions) != 1 {
		t.Errorf("20,000 columns give %q and %s", got, exclusions(r))
	}
}

func TestWhatIsNoNameIsHeldForAPersonToLookAt(t *testing.T) {
	for name, want := range map[string]Reason{
		"José Muñoz": "", "Łukasz Żółć": "", "Nguyễn Văn Ân": "", "王小明": "", "Иван Соколов": "", "Γιώργος": "", "مريم": "", "O’Brien-Smith Jr.": "", "L’Écuyer": "",
		"Jean “Éric” Dupont": "", "Anna Wert": "", "Sœur Agnès": "", "Ånäs Öhö": "", "Ngô Bảo Châu": "", "İpek Şahin": "", "Björn": "", "X Æ": "", "Léa ♥": "", "Ó hÉalaithe": "",
		"ann@example.org": NotAName, "www.example.org": NotAName, "http://x.y": NotAName, "asdf": NotAName, "qwertz": NotAName, "aaaa": NotAName, "Test Test": NotAName,
		"N/A": NotAName, "123": NotAName, "-": NotAName, "user12345": NotAName, "Anonymous": NotAName,
		"JosÃ©": Garbled, "Jos?": Garbled, "Jos\uFFFD": Garbled, "JosĂ©": Garbled, "Jos√©": Garbled, "Ð˜Ð²Ð°Ð½": Garbled, "РњР°СЂРёСЏ": Garbled, "Èâàíîâ": Garbled,
		"Jos&eacute;": Garbled, "O&#39;Neil": Garbled, `Jos\u00e9`: Garbled, "FranÃ§ois": Garbled, "GarcÃ\u00ada": Garbled, "DÃ\u00a0vid": Garbled, "VoilÃ\u00a0 Xu": Garbled, "Ã\u0089ric": Garbled, "MANHÃ\u00a0REI": "", "#REF!": Garbled,
	} {
		var out bytes.Buffer
		w := csv.NewWriter(&out)
		if err := w.WriteAll([][]string{{"name", "city"}, {name, "Zoë’s"}}); err != nil {
			t.Fatal(err)
		}
		r := read(t, campaignOf(t, out.String(), nil), "name")
		got := Reason("")
		if len(r.Exclusions) > 0 {
			got = r.Exclusions[0].Reason
		}
		if got != want {
			t.Errorf("%q: %q, want %q", name, exclusions(r), want)
		}
	}
	c := campaignOf(t, "name\nNull\nMickey Mouse\nTest\nqwert\n", func(c *config.Campaign) {
		c.Signers.AcceptNames, c.Signers.RejectNames = filepath.Join(c.Dir, "ok.txt"), filepath.Join(c.Dir, "no.txt")
		for file, text := range map[string]string{c.Signers.AcceptNames: "# right\nnull\n", c.Signers.RejectNames: "mickey mouse\n"} {
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	})
	if got := signers(read(t, c, "name")); got != "2:Null" {
		t.Errorf("with the campaign's lists %q get letters", got)
	}
}

func TestGarbledPlacesAreNeverPrinted(t *testing.T) {
	text := "name,city,why\nA,MÃ¼nchen,\nB,M?nchen,\nC,Köln,Why?\nD,Bonn,trÃ¨s bien\n"
	r := read(t, campaignOf(t, text, nil), "name", "place", "why")
	if got := signers(r); got != "4:C|Köln|Why?" {
		t.Errorf("letters %q; exclusions %s", got, exclusions(r))
	}
}

func TestWhoWithdrewGetsNoLetterHoweverTheAddressIsWritten(t *testing.T) {
	text := "id,name,email\n1,Ann,ann@example.org\n2,Bo,b.o+x@gmail.com\n3,Cy,CY@example.org\nX4,Di,\n5,Ed,ed@example.org\n6,Flo,f.lo@example.org\n"
	for name, c := range map[string]struct{ suppress, want string }{
		"plain":  {"Ann+list@Example.org\nbo@gmail.com # asked by letter\nx4\nflo@example.org\n", "4:Cy\n6:Ed\n7:Flo"},
		"hashed": {"salt: pepper\nsha256:" + hashed("pepper", "cy@example.org") + "\n", "2:Ann\n3:Bo\n5:Di\n6:Ed\n7:Flo"},
	} {
		campaign := campaignOf(t, text, func(campaign *config.Campaign) {
			campaign.Signers.Suppress = filepath.Join(campaign.Dir, "suppress.txt")
			if err := os.WriteFile(campaign.Signers.Suppress, []byte(c.suppress), 0o600); err != nil {
				t.Fatal(err)
			}
		})
		if got := signers(read(t, campaign, "name")); got != c.want {
			t.Errorf("%s: letters\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

func TestTheYoungAreLeftOut(t *testing.T) {
	set := func(c *config.Campaign) {
		c.Signers.Age.Least = 18
		c.Letter.Date = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	}
	r := read(t, campaignOf(t, "name,age\nAnn,18\nBo,17\nCy,\nDi,old\n", set), "name")
	if got := signers(r) + ";" + exclusions(r); got != "2:Ann\n4:Cy;3:under age\n5:unreadable row:the column age holds no age: \"old\"" {
		t.Errorf("by age: %s", got)
	}
	r = read(t, campaignOf(t, "name,Geburtsdatum\nAnn,2008-11-23\nBo,24.11.2008\n", set), "name")
	if got := signers(r) + ";" + exclusions(r); got != "2:Ann;3:under age" {
		t.Errorf("by birth date: %s", got)
	}
	if _, err := Open(context.Background(), campaignOf(t, "name\nA\n", set)); err == nil {
		t.Error("a list without ages passes")
	}
}

func TestNamesArePutTogetherInTheOrderOfTheirScript(t *testing.T) {
	text := "first_name,last_name\nAnna,Nagy\n小明,王\n太郎,やまだ\n민준,김\n,Solo\n"
	for _, c := range []struct{ order, language, want string }{
		{"", "en", "2:Anna Nagy\n3:王小明\n4:やまだ 太郎\n5:김민준\n6:Solo"},
		{"", "hu", "2:Nagy Anna\n3:王 小明\n4:やまだ 太郎\n5:김 민준\n6:Solo"},
		{"given-first", "hu", "2:Anna Nagy\n3:小明 王\n4:太郎 やまだ\n5:민준 김\n6:Solo"},
	} {
		r := read(t, campaignOf(t, text, func(campaign *config.Campaign) {
			campaign.Signers.NameOrder, campaign.Letter.Language = c.order, c.language
		}), "name")
		if got := signers(r); got != c.want {
			t.Errorf("%s in %s:\n%s\nwant\n%s", c.order, c.language, got, c.want)
		}
	}
}

func TestCountriesAreWrittenOneWay(t *testing.T) {
	text := "name,country\nA,GB\nB,UK\nC,United Kingdom\nD,Deutschland\nE,PS\nF,Palestine\nG,Narnia\nH,USA\n"
	r := read(t, campaignOf(t, text, nil), "country")
	if got, want := signers(r), "2:United Kingdom\n3:United Kingdom\n4:United Kingdom\n5:Germany\n6:Palestine\n7:Palestine\n8:Narnia\n9:United States"; got != want || r.Cleaned.Countries != 5 {
		t.Errorf("countries\n%s\nwant\n%s; %d changed", got, want, r.Cleaned.Countries)
	}
	r = read(t, campaignOf(t, text, func(c *config.Campaign) { c.Signers.Clean = []string{"nfc"} }), "country")
	if got := r.Fields(0, nil)[0]; got != "GB" {
		t.Errorf("with countries left alone GB becomes %q", got)
	}
}

func TestOddNamesAreRemarkedOnAndChangedOnlyWhenAsked(t *testing.T) {
	text := "name,email\nANNA MARIA,a@example.org\nanna maria,a@example.org\nJohn McNeil,j@example.org\nJon McNeil,j@example.org\nMARÍA DE LA CRUZ,\n"
	c := campaignOf(t, text, nil)
	l, err := Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.Read(context.Background(), ReadOptions{Keep: []string{"name"}, Near: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(r.Remarks); !strings.Contains(got, "{0 names in capitals only 2 [{{0 2} ANNA MARIA} {{0 6} MARÍA DE LA CRUZ}] false}") ||
		!strings.Contains(got, "share an e-mail address with another under a different name 1 [{{0 5} like row 4}] false") {
		t.Errorf("remarks %s", got)
	}
	if r.Fields(0, nil)[0] != "ANNA MARIA" {
		t.Errorf("a name was changed unasked: %q", r.Fields(0, nil))
	}
	c.Signers.Clean = []string{"nfc", "spaces", "controls", "case"}
	r = read(t, c, "name")
	if got, want := signers(r), "2:Anna Maria\n4:John McNeil\n5:Jon McNeil\n6:María de la Cruz"; got != want || r.Cleaned.Cased != 3 {
		t.Errorf("mended names\n%s\nwant\n%s", got, want)
	}
}

// “Name” beside “Vorname” is the family name in one list and the full name in another: the rows tell.
func TestNameBesideFirstName(t *testing.T) {
	for text, want := range map[string]string{
		"Vorname;Name\nAnna;Nagy\nBo;Ng\n":                                "2:Anna Nagy\n3:Bo Ng",
		"Name,First name\nAnna Nagy,Anna\nBo Ng,Bo\n":                     "2:Anna Nagy\n3:Bo Ng",
		"Full name,Name\nAnna Nagy,Anna Nagy\n":                           "2:Anna Nagy",
		"\uFEFF\"Full name\",\"Signed\"\n\"Anna \"\"A\"\" Nagy\",\"1\"\n": "2:Anna \"A\" Nagy",
		"name;x\n\"A \\\"B\\\" C\";1\n\"D\";2\n":                          "2:A \"B\" C\n3:D",
	} {
		if got := signers(read(t, campaignOf(t, text, nil), "name")); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	_, err := Open(context.Background(), campaignOf(t, "Full name,Name,city\nAnna Nagy,anna1,x\n", nil))
	if err == nil || !strings.Contains(err.Error(), `two columns could be the name, and they differ: "Full name" (as in "Anna Nagy") and "Name" (as in "anna1")`) {
		t.Errorf("two names give %v", err)
	}
}

func hashed(salt, value string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(salt+value))) }

// Rows to mend go out as CSV that no spreadsheet runs, and come back as one more file of the list.
func TestRowsToMendComeBackAsASecondFile(t *testing.T) {
	text := "name,email,city\nAnn,a@example.org,Leeds\nJosÃ©,j@example.org,=1+1\nBo,b@example.org\n\"Cy\" x,c@example.org,York\n-,d@example.org,Cork\n"
	c := campaignOf(t, text, nil)
	l, err := Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.Read(context.Background(), ReadOptions{Keep: []string{"name", "city"}})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	n, err := l.ExportProblems(context.Background(), r, &out)
	if err != nil {
		t.Fatal(err)
	}
	want := "postbag row,postbag reason,name,email,city\n" +
		"signers.csv:3,\"garbled text: the name: it was read in a wrong encoding somewhere: \"\"JosÃ©\"\"\",JosÃ©,j@example.org,'=1+1\n" +
		"signers.csv:4,\"unreadable row: it has 2 cells, the header has 3\",Bo,b@example.org,\n" +
		"signers.csv:5,unreadable row: text after a closing quotation mark,,,\n" +
		"signers.csv:6,\"not a name: no letters in it: \"\"-\"\"\",'-,d@example.org,Cork\n"
	if out.String() != want || n != 4 {
		t.Errorf("%d rows to mend:\n%s\nwant\n%s", n, out.String(), want)
	}
	mended := strings.NewReplacer("JosÃ©,j@", "José,j@", "reason,name", "reason,Full name").Replace(out.String())
	c.Signers.Files = []string{c.Signers.File, filepath.Join(c.Dir, "mended.csv")}
	if err := os.WriteFile(c.Signers.Files[1], []byte(mended), 0o600); err != nil {
		t.Fatal(err)
	}
	r = read(t, c, "name", "city")
	if got, want := signers(r), "2:Ann|Leeds\n2:José|=1+1\n3:Bo|"; got != want {
		t.Errorf("letters\n%s\nwant\n%s", got, want)
	}
	var fates []string
	for _, x := range r.Exclusions {
		fates = append(fates, fmt.Sprintf("%d/%d %s", x.Row.File, x.Row.Row, x.Reason))
	}
	if got, want := strings.Join(fates, ", "), "0/3 mended, 0/4 mended, 0/5 unreadable row, 0/6 not a name, 1/4 no name, 1/5 not a name"; got != want {
		t.Errorf("fates %s, want %s", got, want)
	}
	if r.RowsRead != r.Len()+len(r.Exclusions) {
		t.Errorf("%d rows read, %d letters, %d exclusions", r.RowsRead, r.Len(), len(r.Exclusions))
	}
}

// What comes through a pipe can be looked at and then read, like a file.
func TestStandardInput(t *testing.T) {
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	before := os.Stdin
	os.Stdin = in
	defer func() { os.Stdin = before }()
	go func() {
		defer out.Close()
		fmt.Fprint(out, "name;city\n"+strings.Repeat("Zoë;Köln\n", 100_000))
	}()
	c := &config.Campaign{}
	c.Signers.File, c.Signers.Duplicates = config.StandardInput, "first"
	c.Signers.Consent.Attested = &config.Attestation{}
	r := read(t, c, "name")
	if r.Len() != 100_000 || r.Sources[0].Path != "standard input" || r.Sources[0].Bytes != 10+10*100_000+100_000 {
		t.Errorf("%d letters from %+v", r.Len(), r.Sources)
	}
}

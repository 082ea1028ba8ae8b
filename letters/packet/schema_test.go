package packet

import (
	"bytes"
	"encoding"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func compile(t *testing.T, schema []byte) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json") // also checks it against the schema of schemas
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func valid(t *testing.T, s *jsonschema.Schema, data []byte) error {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return err
	}
	return s.Validate(document)
}

func TestTheManifestIsOfItsSchema(t *testing.T) {
	s := compile(t, ManifestSchema())
	dir := t.TempDir()
	small.make(t, dir, "f")
	data, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(data), `"template_sha256": ""`, `"template_sha256": "`+strings.Repeat("0", 64)+`"`) // the sample's sums are made up
	text = strings.ReplaceAll(text, `"sha256": ""`, `"sha256": "`+strings.Repeat("0", 64)+`"`)
	if err := valid(t, s, []byte(text)); err != nil {
		t.Errorf("%v", err)
	}
	for what, wrong := range map[string]string{
		"version":        strings.Replace(text, "manifest/3", "manifest/2", 1),
		"unknown member": strings.Replace(text, `"specimen"`, `"x": 1, "specimen"`, 1),
		"negative":       strings.Replace(text, `"letters": 12`, `"letters": -12`, 1),
		"float":          strings.Replace(text, `"letters": 12`, `"letters": 12.5`, 1),
		"path":           strings.Replace(text, "deliver/bundles/bundle-0001", "../bundle-0001", 1),
		"no tree":        strings.Replace(text, `"tree"`, `"three"`, 1),
		"hash":           strings.Replace(text, `"root": "`, `"root": "0`, 1),
	} {
		if wrong == text || valid(t, s, []byte(wrong)) == nil {
			t.Errorf("the schema takes another %s", what)
		}
	}
}

func TestProofsAreOfTheirSchema(t *testing.T) {
	s := compile(t, ProofSchema())
	for _, v := range append(readVectors(t, olderVectors), readVectors(t, vectors)...) {
		data, err := os.ReadFile(v.File)
		if err != nil {
			t.Fatal(err)
		}
		if err := valid(t, s, data); v.Good && err != nil {
			t.Errorf("%s: %v", v.File, err)
		}
	}
	salt := `"salt": "` + strings.Repeat("0", 32) + `"`
	data, err := os.ReadFile(filepath.Join(olderVectors, "good-first.json"))
	if err != nil {
		t.Fatal(err)
	}
	changed := regexp.MustCompile(`"salt": "[0-9a-f]*"`).ReplaceAllString(string(data), salt)
	if changed == string(data) || valid(t, s, []byte(changed)) == nil {
		t.Error("the schema takes a salt of version 2 in version 1")
	}
}

func TestJobTicketsAreOfTheirSchema(t *testing.T) {
	s := compile(t, TicketSchema())
	hash := strings.Repeat("0a", 32)
	ticket := JobTicket{
		Campaign: "river", Organisation: "River Watch", Contact: "Sam", Printer: "box", Manifest: hash, Paper: TicketPaper{"letter", "na_letter_8.5x11in", 21590, 27940, 75},
		Sides: TwoSided, Scaling: Unscaled, Staple: "top-left", Copies: 2, Letters: 3, Pages: 8, Sheets: 4, Grams: 18,
		Files: []TicketFile{{1, "deliver/bundles/bundle-0001.pdf", hash, 100, 8, 4, "river-000001", "river-000003"}}, BoxSheets: 50,
		Boxes: []TicketBox{{1, 1, 1, 1, 2, 2, 9}, {Box: 2, First: 1, Last: 1, Sheets: 2, Grams: 9}}, FirstPages: FirstPages{"deliver/bundles/bundle-0001.pdf", "river-000001"},
		DeliverTo: []string{"A"}, NeededBy: "2026-12-01", DestroyBy: "2026-12-24", Notes: []string{"B"},
	}
	for _, ticket := range []JobTicket{ticket, {Manifest: hash, Paper: ticket.Paper, Sides: OneSided, Scaling: Unscaled, Staple: NoStaple, Copies: 1, Files: []TicketFile{}, BoxSheets: 50, Boxes: []TicketBox{}}} {
		data, err := ticket.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if err := valid(t, s, data); err != nil {
			t.Errorf("%v", err)
		}
		again, err := parseTicket(data)
		if err != nil || !reflect.DeepEqual(*again, ticket) {
			t.Errorf("a ticket is read as %+v (%v)", again, err)
		}
		for what, change := range map[string][2]string{
			"version": {"ticket/1", "ticket/2"}, "member": {`"specimen"`, `"x": 1, "specimen"`}, "kind of sides": {"sided", "side"}, "scaling": {`"scaling": "none"`, `"scaling": "fit"`},
		} {
			if wrong := bytes.ReplaceAll(data, []byte(change[0]), []byte(change[1])); bytes.Equal(wrong, data) || valid(t, s, wrong) == nil {
				t.Errorf("the schema takes another %s", what)
			}
		}
	}
	for _, wrong := range []string{"", "[]", `{"format": "postbag-job-ticket/2"}`, `{"format": "postbag-job-ticket/1", "x": 1}`} {
		if _, err := parseTicket([]byte(wrong)); err == nil {
			t.Errorf("%q is taken for a ticket", wrong)
		}
	}
}

// What a schema lists is what the program writes, member by member and in this order: readers that write a manifest again to
// compare its bytes go by it.
func TestSchemasListTheMembersInOrder(t *testing.T) {
	check := func(schema []byte, typ reflect.Type) {
		var document any
		members := orderedObject(t, schema)
		if err := json.Unmarshal(schema, &document); err != nil {
			t.Fatal(err)
		}
		compareMembers(t, typ.Name(), members, typ)
	}
	check(ManifestSchema(), reflect.TypeFor[Manifest]())
	check(ProofSchema(), reflect.TypeFor[Proof]())
	check(RecordSchema(), reflect.TypeFor[RecordEntry]())
	check(TicketSchema(), reflect.TypeFor[JobTicket]())
}

// ordered is a JSON object with its members in order.
type ordered struct {
	names  []string
	values map[string]json.RawMessage
}

func orderedObject(t *testing.T, data []byte) ordered {
	t.Helper()
	o := ordered{values: map[string]json.RawMessage{}}
	d := json.NewDecoder(bytes.NewReader(data))
	if token, err := d.Token(); err != nil || token != json.Delim('{') {
		t.Fatalf("no object: %.60s", data)
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			t.Fatal(err)
		}
		o.names = append(o.names, name.(string))
		o.values[name.(string)] = value
	}
	return o
}

func compareMembers(t *testing.T, at string, schema ordered, typ reflect.Type) {
	t.Helper()
	if typ.Implements(reflect.TypeFor[encoding.TextMarshaler]()) { // it is a text
		return
	}
	for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
		if typ.Kind() == reflect.Slice {
			items, ok := schema.values["items"]
			if !ok {
				t.Errorf("%s: the schema has no items", at)
				return
			}
			schema = orderedObject(t, items)
		}
		typ = typ.Elem()
	}
	if typ.Kind() != reflect.Struct {
		return
	}
	properties := orderedObject(t, schema.values["properties"])
	var want []string
	for i := range typ.NumField() {
		name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		if typ.Field(i).Anonymous { // its members stand among the others
			for k := range typ.Field(i).Type.NumField() {
				name, _, _ := strings.Cut(typ.Field(i).Type.Field(k).Tag.Get("json"), ",")
				want = append(want, name)
			}
			continue
		}
		want = append(want, name)
		if value, ok := properties.values[name]; ok {
			compareMembers(t, at+"."+name, orderedObject(t, value), typ.Field(i).Type)
		}
	}
	if strings.Join(properties.names, " ") != strings.Join(want, " ") {
		t.Errorf("%s: the schema has %v and the program %v", at, properties.names, want)
	}
}

package roll

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/text/language"
	"pgregory.net/rapid"

	"postbag/config"
)

// grouped makes a roll of signers from these places, in the order of their rows.
func grouped(places []string, g grouping) *Roll {
	r := &Roll{keep: 1, fields: 2}
	for i, place := range places {
		r.add(Row{Row: i + 2}, appendText(appendText(nil, fmt.Sprintf("Signer %d", i)), place), 0)
	}
	r.settle(nil, g)
	return r
}

// outline writes the groups of a roll in its order, each with its size; a bar stands before those that may share bundles.
func outline(r *Roll) string {
	var parts []string
	size := 0
	for i := range r.Len() {
		if size++; i+1 < r.Len() && !r.GroupStart(i+1) {
			continue
		}
		if i+1-size == r.Joined() {
			parts = append(parts, "|")
		}
		parts, size = append(parts, fmt.Sprintf("%s %d", strings.Join(r.Group(i), "/"), size)), 0
	}
	return strings.Join(parts, ", ")
}

func TestGroupsFollowOneAnotherAsTheCampaignSays(t *testing.T) {
	list := strings.Split("Peru,Zaïre,Peru,,Österreich,Oman,Peru,Zaïre,Ward 10,Ward 9,Peru", ",")
	for _, c := range []struct {
		grouping grouping
		want     string
	}{
		{grouping{}, "Oman 1, Österreich 1, Peru 4, Ward 9 1, Ward 10 1, Zaïre 2,  1"},
		{grouping{Order: GroupsByName}, "Oman 1, Österreich 1, Peru 4, Ward 9 1, Ward 10 1, Zaïre 2,  1"},
		{grouping{Order: GroupsByFirst}, "Peru 4, Zaïre 2,  1, Österreich 1, Oman 1, Ward 10 1, Ward 9 1"},
		{grouping{Order: GroupsBySize}, "Peru 4, Zaïre 2, Oman 1, Österreich 1, Ward 9 1, Ward 10 1,  1"},
		{grouping{Join: 2}, "Peru 4, Zaïre 2, |, Oman 1, Österreich 1, Ward 9 1, Ward 10 1,  1"},
		{grouping{Join: 9, Order: GroupsBySize}, "|, Peru 4, Zaïre 2, Oman 1, Österreich 1, Ward 9 1, Ward 10 1,  1"},
	} {
		if got := outline(grouped(list, c.grouping)); got != c.want {
			t.Errorf("%+v:\n got %s\nwant %s", c.grouping, got, c.want)
		}
	}
}

func TestTheAlphabetOfGroupsIsThatOfTheLetter(t *testing.T) {
	list := []string{"Öland", "Zagreb", "Oslo"}
	for tag, want := range map[string]string{"de": "Öland 1, Oslo 1, Zagreb 1", "sv": "Oslo 1, Zagreb 1, Öland 1"} {
		if got := outline(grouped(list, grouping{Language: language.Make(tag)})); got != want {
			t.Errorf("%s: %s, want %s", tag, got, want)
		}
	}
}

// Within a group people stand as in the list, whatever the order of groups.
func TestAGroupKeepsTheOrderOfTheList(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		list := rapid.SliceOfN(rapid.SampledFrom([]string{"Chad", "Peru", "Oman", ""}), 1, 60).Draw(rt, "places")
		r := grouped(list, grouping{
			Order: rapid.SampledFrom([]GroupOrder{GroupsByName, GroupsByFirst, GroupsBySize}).Draw(rt, "order"),
			Join:  rapid.SampledFrom([]int{0, 2, 5, 20}).Draw(rt, "join"),
		})
		want := map[string][]int{}
		for i, place := range list {
			want[place] = append(want[place], i+2)
		}
		got := map[string][]int{}
		for i := range r.Len() {
			place := r.Group(i)[0]
			if r.GroupStart(i) && got[place] != nil {
				rt.Fatalf("%q stands in two places: %s", place, outline(r))
			}
			got[place] = append(got[place], r.Row(i).Row)
		}
		if !reflect.DeepEqual(got, want) {
			rt.Errorf("rows by group are %v, want %v", got, want)
		}
	})
}

// Two fields must not be taken for two others that read the same one behind the other.
func TestGroupsOfSeveralFieldsAreKeptApart(t *testing.T) {
	text := "name,city,country\nAnn Lee,Leeds,Oman\nBob Ray,Leeds,Peru\nCat Orr,York,Oman\nDan Fox,Leeds,Oman\n"
	r := read(t, campaignOf(t, text, func(c *config.Campaign) { c.Bundles.GroupBy = []string{"country", "city"} }), "name")
	if got, want := outline(r), "Oman/Leeds 2, Oman/York 1, Peru/Leeds 1"; got != want {
		t.Errorf("groups %s, want %s", got, want)
	}
	if all, small := r.Groups(); all != 3 || small != 0 {
		t.Errorf("%d groups, %d of them small", all, small)
	}
}

// Small and capital letters make no group of their own; its name is the spelling that most have, of equals the first.
func TestAGroupSpelledInSeveralWaysIsOne(t *testing.T) {
	r := grouped(strings.Split("LEEDS,York,Leeds,leeds,Leeds,york", ","), grouping{})
	if got, want := outline(r), "Leeds 4, York 2"; got != want {
		t.Errorf("groups %s, want %s", got, want)
	}
	if n, sample := r.Spellings(); n != 2 || sample != [2]string{"York", "york"} {
		t.Errorf("%d groups have several spellings, such as %q", n, sample)
	}
	for i := range r.Len() {
		if want := []string{"Leeds", "York"}[i/4]; r.Group(i)[0] != want {
			t.Errorf("signer %d is of %s, want %s", i, r.Group(i)[0], want)
		}
	}
	if n, _ := grouped([]string{"York", "York"}, grouping{}).Spellings(); n != 0 {
		t.Errorf("one spelling counts as %d groups with several", n)
	}
}

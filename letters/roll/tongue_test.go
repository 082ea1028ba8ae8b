package roll

import "testing"

func TestASignersLanguageIsThatOfColumnScriptOrCountry(t *testing.T) {
	tongues := newTongues()
	for _, c := range []struct{ typed, country, name, want string }{
		{"", "", "Zoë Łukasiewicz", ""},
		{"", "Japan", "Zoë Łukasiewicz", ""},
		{"ro", "", "Ștefan", "ro"},
		{"pt_BR", "", "João", "pt-BR"},
		{"de-AT,de;q=0.9,en;q=0.8", "", "Jürgen", "de-AT"},
		{"de_DE.UTF-8", "", "Jürgen", "de-DE"},
		{"deu", "", "Jürgen", "de"},
		{"Deutsch", "", "Jürgen", "de"},
		{"allemand", "", "Jürgen", "de"},
		{"German", "", "Jürgen", "de"},
		{"Türkçe", "", "İpek", "tr"},
		{"српски", "", "Ђорђе", "sr"},
		{"اردو", "", "زینب", "ur"},
		{"n/a", "", "Ann", ""},
		{"??", "", "Ann", ""},
		{"", "", "渡邊健太郎", ""},
		{"", "Japan", "渡邊健太郎", "ja"},
		{"", "JP", "渡邊健太郎", "ja"},
		{"", "日本", "渡邊健太郎", "ja"},
		{"", "", "小野寺みどり", "ja"},
		{"", "Brazil", "小野寺みどり", "ja"},
		{"", "China", "邹晓梅", "zh-Hans"},
		{"", "SG", "邹晓梅", "zh-Hans"},
		{"", "Taiwan", "蔡佩珊", "zh-Hant"},
		{"", "Hong Kong", "黃嘉欣", "zh-HK"},
		{"", "Macao", "黃嘉欣", "zh-HK"},
		{"", "South Korea", "李舜臣", "ko"},
		{"", "", "탁서연", "ko"},
		{"en", "Japan", "渡邊健太郎", "ja"}, // the language of the form that they filled in
		{"en", "", "탁서연", "ko"},
		{"zh", "", "邹晓梅", "zh-Hans"},
		{"zh", "Taiwan", "蔡佩珊", "zh-Hant"},
		{"zh-TW", "", "蔡佩珊", "zh-Hant"},
		{"zh_Hant_HK", "", "黃嘉欣", "zh-HK"},
		{"Traditional Chinese", "", "蔡佩珊", "zh-Hant"},
		{"ja", "United States", "渡邊健太郎", "ja"},
	} {
		if got := tongues.of([]byte(c.typed), []byte(c.country), []byte(c.name)); got != c.want {
			t.Errorf("%s, %q, %q: %q, want %q", c.name, c.typed, c.country, got, c.want)
		}
	}
	if got := tongues.of(nil, nil, []byte("渡邊健太郎"), []byte("さいたま市")); got != "ja" {
		t.Errorf("a name in Han characters with a place in kana is %q", got)
	}
}

// Package config reads a campaign: campaign.yaml, POSTBAG_ variables and flags, checked as a whole.
//
// [Load] returns a plain [Campaign], or everything that is wrong, at once, with file, line and what to write instead. Flags go
// before variables, variables before the file, the file before defaults; viper keeps that order, and this is the only package
// that knows it.
//
// What the user typed is what the program gets. YAML would turn 01234 into 668, yes into true and a date into a time, and viper
// folds keys to small letters. So the file is read as YAML nodes, every value stays the text that was typed until the one place
// that knows what it should be, and names that the user chose (the campaign's own fields, columns of the list) never pass through
// viper as keys.
package config

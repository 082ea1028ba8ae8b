// Package config reads a campaign: campaign.yaml, POSTBAG_ variables and flags, checked as a whole.
//
// [Load] returns a plain [Campaign], or everything that is wrong, at once, with file, line and what to write instead. Flags go
// before variables, variables before the file, the file before defaults; viper keeps that order, and this is the only package
// that knows it. A list or a mapping is taken whole from the layer that wins: layers are not added up.
//
// What the user typed is what the program gets. YAML would turn 01234 into 668, yes into true and a date into a time, and viper
// folds keys to small letters. So the file is read as YAML nodes, every value stays the text that was typed until the one place
// that knows what it should be, and names that the user chose (the campaign's own fields, columns of the list) never pass through
// viper as keys. What YAML would take away or put in (null, anchors, aliases, merges, tags, the #4 of "12 Elm St #4") is refused,
// with the reason.
//
// Everything is driven by one table, in settings.go: a new setting is a line there and a field of [Campaign]. In a flag or a
// variable a list's values stand on lines of their own or, where there is one line, between " | "; a mapping's are NAME=TEXT. An
// empty variable is one that is not set; an empty flag takes away what the file says. A setting that has a default cannot be
// emptied, since nobody could say what that means. Only the list of several recipients is in the file alone (see [Setting.OnlyInFile]).
package config

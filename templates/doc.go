// Package templates reads letters written in Markdown, and holds the built-in ones and the sample campaign.
//
// A template is a Markdown file (CommonMark, read with goldmark) with YAML front matter:
//
//	---
//	# for people who choose among letters; not printed
//	title: A letter from a supporter
//	subject: Transparency and human rights at {{recipient.company}}
//	language: en
//	form: letter
//	align: justified
//	closing: Yours sincerely,
//	---
//
//	I am writing as a resident of {{city | default "my town"}}.
//
//	{{if shares}}
//
//	I hold {{shares}} shares.
//
//	{{end}}
//
// All settings are optional; align is justified or ragged, and form says how the template becomes paper: a letter for each signer
// (letter), or one document with the names of all (open-letter, petition-sheets, investors). optional names fields, separated by
// commas, that a campaign may leave unset because the text can do without them; caution is for whoever sends the letter. The subject and the closing are plain text with fields. The salutation,
// the address, the date and the signature block are not part of a template: the layout adds them.
//
// # What the text may hold
//
// Paragraphs, emphasis, strong emphasis, lists, headings, links, hard line breaks and thematic breaks. A link prints as its text with
// the address after it, quotation marks and dashes print as they were typed. Anything else that Markdown has (HTML, pictures, code,
// block quotes, tables) is refused, with its place.
//
// # Fields
//
// {{name}} is filled for each signer. A field's name is any header of the signer list: it may hold spaces, dots and hyphens, but not
// braces or a bar. {{name | default "text"}} prints the text where the field is empty. What stands between {{if name}} and {{end}} is
// printed where the field is not; the two may stand within a line, round paragraphs or list items, and in each other, and on a line of
// their own they leave no trace. A backslash before two braces, \{{, prints them.
//
// Fields are read as pieces of the parsed document: nothing inside braces is Markdown, and what a signer put into their name is never
// looked at as Markdown. Which fields there are is for the caller to know: [Letter.FieldNames] gives those that are used.
//
// # Problems
//
// [Parse] reports all that is wrong at once. It is strict where a slip would be printed on every letter without a word: unknown
// settings, a field without its second brace, a * that makes no emphasis, an item missing from the middle of a numbered list.
package templates

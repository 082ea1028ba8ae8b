// Package templates reads letters written in Markdown, and holds the built-in ones and the sample campaign.
//
// A template is a Markdown file (CommonMark, read with goldmark) with YAML front matter:
//
//	---
//	title: A letter from a supporter
//	subject: Transparency and human rights at {{recipient.company}}
//	align: justified
//	closing: Yours sincerely,
//	---
//
//	I am writing as a resident of {{city | default "my town"}}.
//
//	{{if shares}}I hold {{shares}} shares.{{end}}
//
// It may hold paragraphs, emphasis, strong emphasis, lists, headings, links, hard line breaks and thematic breaks; anything else is
// refused, with its place. Fields stand in double braces and are filled for each signer; `\{{` prints two braces. The salutation, the
// address, the date and the signature block are not part of a template: the layout adds them.
//
// Fields are read as pieces of the parsed document. What a signer put into their name is never looked at as Markdown.
package templates

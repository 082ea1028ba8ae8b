// Package merge fills a letter for one signer.
//
// A template is compiled once: what the campaign fixes (its own fields, sender, recipient) becomes literal text,
// and what remains open is numbered. The result is a [Document] whose blocks are either fixed, the same on every
// letter, or varying. [Block.Fill] then gives the runs of a varying block for one signer.
//
// Values are data. Merge works on the parsed template, never on its source, so a signer who is called
// "**Bob** {{.x}}" prints exactly that.
package merge

// Package merge fills a letter for one signer.
package merge

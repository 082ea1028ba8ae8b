//go:build !race

package packet

const raced = false

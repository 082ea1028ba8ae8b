package press

// fanOut is the most kids that a node of the page tree has: readers have had limits on the length of an array.
const fanOut = 256

// pageTree gathers pages into balanced nodes (ISO 32000-1, 7.7.3). Numbers of the lowest nodes are reserved as pages come, since
// a page names its parent; the nodes themselves are written last.
type pageTree struct {
	pages      int
	leaves     []node
	attributes string // what all pages inherit
}

type node struct {
	object int
	kids   []int
	pages  int
}

// begin starts an empty tree.
func (t *pageTree) begin() { t.pages, t.leaves = 0, t.leaves[:0] }

// add takes a page in and returns the object number of its parent.
func (t *pageTree) add(u *update, page int) (parent int) {
	n := len(t.leaves)
	if n == 0 || len(t.leaves[n-1].kids) == fanOut {
		t.leaves = append(t.leaves, node{object: u.reserve()})
		n++
	}
	leaf := &t.leaves[n-1]
	leaf.kids = append(leaf.kids, page)
	leaf.pages++
	t.pages++
	return leaf.object
}

// write writes the nodes, level by level, and replaces the master's root.
func (t *pageTree) write(u *update) {
	level := t.leaves
	for len(level) > fanOut {
		var above []node
		for len(level) > 0 {
			n := min(fanOut, len(level))
			parent := node{object: u.reserve()}
			for _, child := range level[:n] {
				child.write(u, parent.object)
				parent.kids = append(parent.kids, child.object)
				parent.pages += child.pages
			}
			above = append(above, parent)
			level = level[n:]
		}
		level = above
	}
	root := node{object: rootPagesObject, pages: t.pages}
	for _, child := range level {
		child.write(u, root.object)
		root.kids = append(root.kids, child.object)
	}
	u.begin(root.object)
	u.string("<</Type/Pages" + t.attributes)
	root.writeKids(u)
	u.end()
}

func (n *node) write(u *update, parent int) {
	u.begin(n.object)
	u.string("<</Type/Pages/Parent ")
	u.ref(parent)
	n.writeKids(u)
	u.end()
}

func (n *node) writeKids(u *update) {
	u.string("/Count ")
	u.int(n.pages)
	u.string("/Kids[")
	for i, kid := range n.kids {
		if i > 0 {
			u.string(" ")
		}
		u.ref(kid)
	}
	u.string("]>>")
}

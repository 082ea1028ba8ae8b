package main

// nearest finds the name that was most likely meant: the one that the fewest slips of the fingers (a letter too many,
// too few, wrong, or two that changed places) make into what was typed; "" when none is near. A beginning of a name is
// near. urfave/cli suggests by Jaro-Winkler, which sees nothing in common between --otu and --out.
func nearest(typed string, names []string) string {
	best, fewest := "", len(typed)/2+1 // of a short word, half may be wrong
	for _, name := range names {
		n := slips(typed, name)
		if len(typed) > 1 && len(name) > len(typed) && name[:len(typed)] == typed {
			n = min(n, 1)
		}
		if n < fewest {
			best, fewest = name, n
		}
	}
	return best
}

// slips is the distance of Damerau and Levenshtein, in the form that edits no letter twice.
func slips(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			wrong := 1
			if a[i-1] == b[j-1] {
				wrong = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+wrong)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}

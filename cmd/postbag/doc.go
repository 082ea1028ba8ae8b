// Postbag turns a campaign's signer list into print-ready letters to a company's chief executive.
//
// This package is the command line and nothing else: [main] calls [app.run], which puts the words in order
// (args.go), has urfave/cli read the flags, calls one function of a command's file (build.go, check.go, …) and hands
// what comes back to the one place that prints and decides the exit status (output.go, whose head states the rules).
// The work itself is done by packages config, templates, letters and letters/packet, which a Go program can call
// without any of this.
//
// A command is a value of type [command]: its flags, its help with exit statuses and examples, and its function. To
// add one, write its file and name it in [app.commands]; the tests then run its examples and check its help.
package main

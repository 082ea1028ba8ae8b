package spool

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"postbag/letters/internal/outside"
)

// printer is ippeveprinter, CUPS's own model of a printer, behind a CUPS server that has it as the queue "box". Both listen on loopback and live in a folder of
// the test.
type printer struct {
	t       *testing.T
	printed string // where it puts its jobs
}

// startPrinter starts both and points lp to the server.
func startPrinter(t *testing.T) *printer {
	t.Helper()
	outside.Needs(t, "lp", "lpadmin", "lpstat", "/usr/sbin/cupsd", "/usr/sbin/ippeveprinter", "dbus-daemon")
	dir, err := os.MkdirTemp("", "postbag-cups-") // a short path: that of the bus must fit into 108 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	p := &printer{t: t, printed: filepath.Join(dir, "printed")}
	for _, name := range []string{"printed", "jobs", "cups", "cups/etc", "cups/spool", "cups/cache", "cups/state"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}

	// ippeveprinter does not start without a bus on which it could look for Avahi. It gets one of its own, with nobody on it.
	p.write(filepath.Join(dir, "bus.conf"), `<busconfig><type>session</type><listen>unix:path=`+dir+`/bus</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`)
	p.start(dir, "dbus-daemon", "--config-file="+dir+"/bus.conf", "--nofork", "--nopidfile")
	p.await("the bus", func() bool { _, err := os.Stat(dir + "/bus"); return err == nil })
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path="+dir+"/bus")

	// What it prints it hands to a command, with the job's attributes in variables.
	keep := filepath.Join(dir, "keep")
	p.write(keep, "#!/bin/sh\ncp \"$1\" '"+p.printed+"/'$IPP_JOB_ID.pdf\nenv | grep ^IPP_ | sort >'"+p.printed+"/'$IPP_JOB_ID.part\nmv '"+p.printed+"/'$IPP_JOB_ID.part '"+p.printed+"/'$IPP_JOB_ID.env\n")
	if err := os.Chmod(keep, 0o755); err != nil {
		t.Fatal(err)
	}
	ipp, cups := freePort(t), freePort(t)
	p.start(dir, "/usr/sbin/ippeveprinter", "-n", "localhost", "-p", ipp, "-d", dir+"/jobs", "-c", keep, "-f", "application/pdf", "-r", "off", "-2", "Box")
	p.await("the printer", func() bool { return listens(ipp) })

	p.startServer(dir, cups)
	p.await("the print server", func() bool { return listens(cups) })
	t.Setenv("CUPS_SERVER", "localhost:"+cups)
	outside.Run(t, "lpadmin", "-p", "box", "-E", "-v", "ipp://localhost:"+ipp+"/ipp/print", "-m", "raw")
	return p
}

// startServer starts cupsd for this user, or for nobody where this is root, which it would not take.
func (p *printer) startServer(dir, port string) {
	me, err := user.Current()
	if err == nil && me.Uid == "0" {
		me, err = user.Lookup("nobody")
	}
	if err != nil {
		p.t.Fatal(err)
	}
	group, err := user.LookupGroupId(me.Gid)
	if err != nil {
		p.t.Fatal(err)
	}
	uid, _ := strconv.Atoi(me.Uid)
	gid, _ := strconv.Atoi(me.Gid)
	for _, name := range []string{"cups", "cups/etc", "cups/spool", "cups/cache", "cups/state"} {
		if err := os.Chown(filepath.Join(dir, name), uid, gid); err != nil {
			p.t.Fatal(err)
		}
	}
	p.write(dir+"/files.conf", fmt.Sprintf("ServerRoot %[1]s/etc\nRequestRoot %[1]s/spool\nTempDir %[1]s/spool\nCacheDir %[1]s/cache\nStateDir %[1]s/state\n"+
		"AccessLog stderr\nErrorLog stderr\nPageLog stderr\nUser %[2]s\nGroup %[3]s\n", dir+"/cups", me.Username, group.Name))
	p.write(dir+"/server.conf", "Listen localhost:"+port+"\nBrowsing No\nDefaultAuthType None\nLogLevel warn\n<Location />\nOrder allow,deny\nAllow localhost\n</Location>\n"+
		"<Policy default>\n<Limit All>\nOrder deny,allow\n</Limit>\n</Policy>\n")
	p.start(dir, "/usr/sbin/cupsd", "-f", "-c", dir+"/server.conf", "-s", dir+"/files.conf")
}

func (p *printer) write(path, text string) {
	p.t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// start starts a program, which ends with the test.
func (p *printer) start(dir, program string, args ...string) {
	p.t.Helper()
	var said bytes.Buffer
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &said, &said
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		if p.t.Failed() && said.Len() > 0 {
			p.t.Logf("%s said:\n%s", filepath.Base(program), said.String())
		}
	})
}

func (p *printer) await(what string, come func() bool) {
	p.t.Helper()
	for range 1000 {
		if come() {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	p.t.Fatalf("%s does not come", what)
}

func listens(port string) bool {
	c, err := net.Dial("tcp", "localhost:"+port)
	if err != nil {
		return false
	}
	c.Close()
	return true
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// job waits for what came out of the printer as its job n: the file, and the attributes.
func (p *printer) job(n int) (pdf []byte, attributes string) {
	p.t.Helper()
	name := filepath.Join(p.printed, strconv.Itoa(n))
	p.await("job "+strconv.Itoa(n), func() bool { _, err := os.Stat(name + ".env"); return err == nil })
	data, err := os.ReadFile(name + ".pdf")
	if err != nil {
		p.t.Fatal(err)
	}
	text, err := os.ReadFile(name + ".env")
	if err != nil {
		p.t.Fatal(err)
	}
	return data, string(text)
}

func TestAPrinterGetsTheBundlesWithTheirOptionsInTheirOrder(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a print server")
	}
	p := startPrinter(t)
	dir, m := build(t, "1121", map[string]string{"bundles.letters": "2"})
	r := prepare(t, Options{Dir: dir, Printer: "box", Copies: 2})
	r.staple("top-left")
	if err := r.Send(context.Background(), func(*Job) {}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		bundle  int
		pages   string
		stapled bool
	}{{0, "", false}, {1, "1", false}, {1, "2-3", true}, {1, "4", false}} {
		pdf, attributes := p.job(i + 1)
		bundle, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(m.Bundles[want.bundle].Path)))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(pdf, bundle) {
			t.Errorf("job %d: the printer got other bytes than those of bundle %d", i+1, want.bundle+1)
		}
		says := []string{"IPP_MEDIA=iso_a4_210x297mm\n", "IPP_SIDES=one-sided\n", "IPP_PRINT_SCALING=none\n", "IPP_COPIES=2\n", "IPP_NUMBER_UP=1\n",
			"IPP_MULTIPLE_DOCUMENT_HANDLING=separate-documents-collated-copies\n", "IPP_JOB_NAME=" + fmt.Sprintf("river bundle %d of 2", want.bundle+1)}
		if want.stapled {
			says = append(says, "IPP_FINISHINGS=staple-top-left\n")
		} else {
			says = append(says, "IPP_FINISHINGS=none\n")
		}
		if want.pages != "" {
			says = append(says, "IPP_PAGE_RANGES="+want.pages)
		}
		for _, s := range says {
			if !strings.Contains(attributes, s) {
				t.Errorf("job %d lacks %q:\n%s", i+1, s, attributes)
			}
		}
	}
	whole, parts := r.Sent()
	if whole.String() != "1-2" || len(parts) > 0 || r.Jobs[0].Request != "box-1" || r.Jobs[3].Request != "box-4" {
		t.Errorf("sent are %s and in part %s, from request %s to %s", whole, parts, r.Jobs[0].Request, r.Jobs[3].Request)
	}

	dir, _ = build(t, "111", map[string]string{"bundles.duplex": "yes", "letter.paper": "letter"})
	if err := prepare(t, Options{Dir: dir, Printer: "box"}).Send(context.Background(), func(*Job) {}); err != nil {
		t.Fatal(err)
	}
	_, attributes := p.job(5)
	for _, s := range []string{"IPP_MEDIA=na_letter_8.5x11in\n", "IPP_SIDES=two-sided-long-edge\n", "IPP_PRINT_SCALING=none\n"} {
		if !strings.Contains(attributes, s) {
			t.Errorf("printed on both sides, the job lacks %q:\n%s", s, attributes)
		}
	}

	r = prepare(t, Options{Dir: dir, Printer: "no-such-printer"})
	err := r.Send(context.Background(), func(*Job) { t.Error("a printer that there is not took a job") })
	if err == nil || !strings.Contains(err.Error(), "lp did not take the job: The printer or class does not exist. lpstat -e lists") {
		t.Errorf("a printer that there is not: %v", err)
	}
}

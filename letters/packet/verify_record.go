package packet

import (
	"errors"
	"fmt"
)

// checkRecord checks the chain of the record of hand-overs, where there is one. That there is none, or that it ends early, cannot be seen
// from the packet.
func (v *verifier) checkRecord(m *Manifest) error {
	e, ok := v.there[recordFile]
	if !ok || v.options.unsigned { // a signature does not cover it
		return nil
	}
	if _, own := v.there[privateDir]; own { // what was given away on purpose, in an export, is read by others
		v.modeFault(recordDir, v.there[recordDir].info.Mode(), 0o700)
		v.modeFault(recordFile, e.info.Mode(), modeOf(recordFile))
	}
	data, err := v.account(recordFile)
	if data == nil {
		return err
	}
	r, err := parseRecord(data, v.manifest, m)
	var fault *recordFault
	switch {
	case errors.As(err, &fault) && fault.line == 1 && errors.Is(err, errRecordChain):
		v.fault(recordFile, "is the record of another packet: its first line does not name this manifest.json", "Move record/ out of the packet, to the packet that it belongs to")
	case errors.As(err, &fault):
		v.fault(recordFile, fault.Error(), mendRecord)
	case len(r.torn) > 0:
		v.fault(recordFile, fmt.Sprintf("ends with half a line (%d bytes), left by a run that was stopped: what it was to say is not recorded", len(r.torn)),
			"Record it again; postbag record takes the half line out, and says so in the record")
	default:
		v.report.Record = &Recording{Entries: len(r.entries), Head: r.head}
		v.checked(int64(len(data)))
	}
	return nil
}

package picture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"

	"github.com/klauspost/compress/zlib"
)

func decodePNG(data []byte) (*Picture, error) {
	config, err := png.DecodeConfig(bytes.NewReader(data))
	if err == nil {
		err = checkSize(config)
	}
	if err != nil {
		return nil, broken("PNG", err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, broken("PNG", err)
	}
	return fromImage(img, 1)
}

func decodeJPEG(data []byte) (*Picture, error) {
	config, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err == nil {
		err = checkSize(config)
	}
	if err != nil {
		return nil, broken("JPEG", err)
	}
	if config.ColorModel == color.CMYKModel {
		return nil, refuse("the logo is a JPEG in CMYK, whose colours depend on a press that is not known here", "Save it in RGB, or as PNG or SVG")
	}
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, broken("JPEG", err)
	}
	plain, orientation := stripJPEG(data)
	keep := config.ColorModel == color.YCbCrModel || config.ColorModel == color.GrayModel
	if keep && orientation == 1 && max(config.Width, config.Height) <= maxSide && len(plain) <= maxJPEG && plain != nil {
		return &Picture{Width: config.Width, Height: config.Height, Pixels: &Pixels{JPEG: true, Data: plain}}, nil
	}
	return fromImage(img, orientation)
}

// broken is the problem of a file that starts right and is none.
func broken(format string, err error) error {
	if _, ok := err.(*refusal); ok {
		return err
	}
	return refuse(fmt.Sprintf("the logo is no whole %s picture: %v", format, err), doSave)
}

func checkSize(c image.Config) error {
	if c.Width <= 0 || c.Height <= 0 || c.Width > maxPixels/c.Height {
		return refuse(fmt.Sprintf("the logo has %d x %d pixels, which is too many", c.Width, c.Height), "Save a smaller one: 1800 pixels a side are enough for print")
	}
	return nil
}

// fromImage lays a picture on white, turns it as its orientation (Exif 2.3, tag 274) says, and makes it smaller where it is larger than
// print needs.
func fromImage(img image.Image, orientation int) (*Picture, error) {
	bounds := img.Bounds()
	flat := image.NewRGBA(image.Rect(0, 0, bounds.Dx(), bounds.Dy()))
	draw.Draw(flat, flat.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(flat, flat.Bounds(), img, bounds.Min, draw.Over)
	flat = upright(shrink(flat), orientation)
	data, err := encodePNG(flat)
	if err != nil {
		return nil, err
	}
	return &Picture{Width: flat.Rect.Dx(), Height: flat.Rect.Dy(), Pixels: &Pixels{Data: data}}, nil
}

// shrink makes one pixel of each square of pixels: their mean, in whole numbers.
func shrink(src *image.RGBA) *image.RGBA {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	k := (max(w, h) + maxSide - 1) / maxSide
	if k == 1 {
		return src
	}
	dst := image.NewRGBA(image.Rect(0, 0, (w+k-1)/k, (h+k-1)/k))
	for y := range dst.Rect.Dy() {
		for x := range dst.Rect.Dx() {
			var sum [4]int
			n := 0
			for sy := y * k; sy < min(h, (y+1)*k); sy++ {
				for sx := x * k; sx < min(w, (x+1)*k); sx++ {
					for c := range sum {
						sum[c] += int(src.Pix[src.PixOffset(sx, sy)+c])
					}
					n++
				}
			}
			for c := range sum {
				dst.Pix[dst.PixOffset(x, y)+c] = byte((sum[c] + n/2) / n)
			}
		}
	}
	return dst
}

// upright undoes how the camera was held.
func upright(src *image.RGBA, orientation int) *image.RGBA {
	if orientation <= 1 || orientation > 8 {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	size := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	dst := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			at := [...]image.Point{2: {w - 1 - x, y}, 3: {w - 1 - x, h - 1 - y}, 4: {x, h - 1 - y}, 5: {y, x}, 6: {h - 1 - y, x}, 7: {h - 1 - y, w - 1 - x}, 8: {y, w - 1 - x}}[orientation]
			copy(dst.Pix[dst.PixOffset(at.X, at.Y):][:4], src.Pix[src.PixOffset(x, y):][:4])
		}
	}
	return dst
}

// encodePNG writes a PNG (ISO/IEC 15948) of 8 bits a channel, gray where no pixel has a colour. The compressor is a module of a fixed version: the
// standard library's may write other bytes with the next Go.
func encodePNG(img *image.RGBA) ([]byte, error) {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	channels, colorType := 1, byte(0)
	for i := 0; i < len(img.Pix); i += 4 {
		if img.Pix[i] != img.Pix[i+1] || img.Pix[i] != img.Pix[i+2] {
			channels, colorType = 3, 2
			break
		}
	}
	rows := make([]byte, 0, (w*channels+1)*h)
	for y := range h {
		rows = append(rows, 1) // filter Sub: each byte less the one of the pixel before it
		var before [3]byte
		for x := range w {
			pixel := img.Pix[img.PixOffset(x, y):][:channels]
			for c, v := range pixel {
				rows = append(rows, v-before[c])
				before[c] = v
			}
		}
	}
	var packed bytes.Buffer
	z, err := zlib.NewWriterLevel(&packed, zlib.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(rows); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(w)), uint32(h))
	out := append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(header, 8, colorType, 0, 0, 0))...)
	out = append(out, chunk("IDAT", packed.Bytes())...)
	return append(out, chunk("IEND", nil)...), nil
}

func chunk(kind string, data []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(append(out, kind...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// stripJPEG takes out of a JPEG what is no picture: cameras and programs write where and by whom it was made, and that would go with
// every bundle. It returns what is left, nil where the file is not made as it should be, and the orientation.
func stripJPEG(data []byte) (plain []byte, orientation int) {
	const (
		markerEOI, markerSOS, markerAPP0, markerAPP1, markerAPP14, markerAPP15, markerCOM = 0xD9, 0xDA, 0xE0, 0xE1, 0xEE, 0xEF, 0xFE
	)
	orientation = 1
	plain = append(plain, data[:2]...)
	for at := 2; at+2 <= len(data); {
		if data[at] != 0xFF {
			return nil, orientation
		}
		marker := data[at+1]
		if marker == 0xFF { // a fill byte
			at++
			continue
		}
		if marker == markerEOI { // what comes behind it, a preview perhaps, is no part of the picture
			return append(plain, 0xFF, markerEOI), orientation
		}
		if at+4 > len(data) {
			break
		}
		end := at + 2 + int(binary.BigEndian.Uint16(data[at+2:]))
		if end > len(data) || end < at+4 {
			return nil, orientation
		}
		body := data[at+4 : end]
		switch {
		case marker == markerSOS:
			for end+1 < len(data) && (data[end] != 0xFF || data[end+1] == 0 || data[end+1] >= 0xD0 && data[end+1] <= 0xD7) {
				end++ // the scan: a marker within is written with a zero behind it, or starts its next part
			}
			plain = append(plain, data[at:end]...)
		case marker == markerAPP1:
			orientation = max(orientation, exifOrientation(body))
		case marker >= markerAPP0 && marker <= markerAPP15 && marker != markerAPP14 || marker == markerCOM:
		default: // APP14 says how the colours are meant
			plain = append(plain, data[at:end]...)
		}
		at = end
	}
	return nil, orientation
}

// exifOrientation reads tag 274 of the first directory; 0 where it does not say.
func exifOrientation(body []byte) int {
	tiff, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00"))
	if !ok || len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	first := int(order.Uint32(tiff[4:]))
	if first < 8 || first > len(tiff)-2 {
		return 0
	}
	entries := tiff[first+2:]
	for range order.Uint16(tiff[first:]) {
		if len(entries) < 12 {
			return 0
		}
		if order.Uint16(entries) == 274 {
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				return v
			}
			return 0
		}
		entries = entries[12:]
	}
	return 0
}

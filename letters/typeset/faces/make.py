#!/usr/bin/env python3
"""Cuts the fonts of this folder out of Debian's font packages. README.md says which, and why; run it as

    apt-get install fonts-noto-core fonts-noto-cjk fonts-symbola unicode-data python3-fonttools zstd
    /usr/bin/python3 make.py
    go test postbag/letters/typeset/faces -update

The same packages make the same files. Nothing is drawn anew: glyphs are left out, and with them the instructions for screens
of few pixels, which printing does not need.
"""

import bz2
import os
import subprocess
import sys
import unicodedata
from collections import defaultdict

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = os.path.dirname(os.path.abspath(__file__))
NOTO = "/usr/share/fonts/truetype/noto/"
CJK = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"
SYMBOLA = "/usr/share/fonts/truetype/ancient-scripts/Symbola_hint.ttf"
UNIHAN = "/usr/share/unicode/Unihan_%s.txt.bz2"

# Where a script has a serif design, that one: the letter is set in a serif face unless it is told otherwise. Arabic's is Naskh.
WHOLE = """
    NaskhArabic SerifArmenian SerifBengali SerifDevanagari SerifEthiopic SerifGeorgian SerifGujarati SerifGurmukhi SerifHebrew
    SerifKannada SerifKhmer SerifLao SerifMalayalam SerifMyanmar SerifSinhala SerifTamil SerifTelugu SerifThai SerifTibetan
    SerifNyiakengPuachueHmong
    SansOriya SansAdlam SansNKo SansTifinagh SansCherokee SansCanadianAboriginal SansOlChiki SansVai SansJavanese SansBalinese
    SansSyriac SansThaana SansMongolian SansYi SansSundanese SansMeeteiMayek SansChakma SansLisu SansHanifiRohingya SansCham
    SansOsage SansLepcha SansLimbu SansTaiLe SansNewTaiLue SansTaiViet SansWancho SansWarangCiti SansSoraSompeng SansBatak
    SansBuginese SansRejang SansTagalog SansMro SansKayahLi SansSaurashtra SansMandaic SansSylotiNagri SansOsmanya
    SansMendeKikakui SansBassaVah SansGunjalaGondi SansMasaramGondi SansMiao SansPahawhHmong SansTaiTham SansCoptic SansNewa
    SansBamum
""".split()

# Languages that letters are written in, beside those of the main family: their headings and strong words are bold.
BOLD = "NaskhArabic SerifArmenian SerifDevanagari SerifGeorgian SerifThai".split()


def options():
    o = subset.Options()
    o.hinting = False
    o.notdef_outline = True
    o.name_IDs = ["*"]
    o.name_languages = [0x409]
    o.recalc_timestamp = False
    o.drop_tables += ["DSIG", "gasp", "vhea", "vmtx", "VORG", "BASE", "STAT", "meta"]
    # Features that are on unasked; not those for text set downwards, and not those that a reader has to ask for.
    vertical = {"valt", "vert", "vkrn", "vpal", "vrt2"}
    spacing = {"chws", "vchw", "halt", "vhal", "palt", "vpal"}
    o.layout_features = [f for f in subset.Options._layout_features_default if f not in vertical | spacing]
    return o


def write(font, name):
    """Writes the font packed, and returns the size."""
    plain = os.path.join(HERE, name + ".tmp")
    packed = os.path.join(HERE, name + ".zst")
    font.save(plain, reorderTables=True)
    subprocess.run(["zstd", "-q", "-f", "--ultra", "-22", "--no-check", plain, "-o", packed], check=True)
    sizes = os.path.getsize(plain), os.path.getsize(packed)
    os.remove(plain)
    print("%9d %9d  %s" % (*sizes, name), flush=True)
    return sizes[1]


def cut(path, name, unicodes, number=-1, prune=None):
    font = TTFont(path, fontNumber=number, recalcTimestamp=False, lazy=True)
    if unicodes is None:
        unicodes = {c for c in font.getBestCmap() if not latin(c)}
    if prune:
        prune(font)
    o = options()
    # Charstrings that call no subroutines are larger, and smaller when they are packed.
    o.desubroutinize = "CFF " in font
    s = subset.Subsetter(o)
    s.populate(unicodes=unicodes)
    s.subset(font)
    return write(font, name)


def latin(char):
    """Whether it is a letter that the main family has: a name of two scripts is set in two faces, each in its own."""
    return unicodedata.name(chr(char), "").startswith("LATIN ")


def property_of(file, value):
    """The characters with a property of the Unicode Character Database (UAX #44)."""
    chars = set()
    for line in open("/usr/share/unicode/" + file):
        fields = line.split("#")[0].split(";")
        if len(fields) == 2 and fields[1].strip() == value:
            first, _, last = fields[0].strip().partition("..")
            chars |= set(range(int(first, 16), int(last or first, 16) + 1))
    return chars


def unihan(file, key):
    """The values of one property, by character."""
    values = {}
    for line in bz2.open(UNIHAN % file, "rt"):
        if line.startswith("U+"):
            char, k, value = line.rstrip("\n").split("\t")
            if k == key:
                values[int(char[2:], 16)] = value
    return values


def encoded(codec, lead=range(0x81, 0xFF)):
    """The characters that an encoding of two bytes has."""
    chars = set()
    for a in lead:
        for b in range(0x40, 0xFF):
            try:
                text = bytes((a, b)).decode(codec)
            except UnicodeDecodeError:
                continue
            if len(text) == 1:
                chars.add(ord(text))
    return chars


def han(chars):
    return {c for c in chars if 0x3400 <= c < 0xA000 or 0xF900 <= c < 0xFB00 or c >= 0x20000}


def regions():
    """Which Han characters are in use where: what people are registered under, as far as the government or a standard says."""
    core = unihan("IRGSources", "kIICore") or unihan("DictionaryLikeData", "kIICore")
    of = lambda letter: {c for c, v in core.items() if letter in v}
    return {
        "": encoded("euc_jp") | set(unihan("OtherMappings", "kJinmeiyoKanji")) | set(unihan("OtherMappings", "kIBMJapan")) | of("J"),
        "ZHS": encoded("gb2312") | set(unihan("OtherMappings", "kTGH")) | of("G"),
        "ZHT": encoded("big5", range(0xA1, 0xC7)) | of("T"),
        "ZHH": encoded("big5", range(0xA1, 0xC7)) | of("H") | of("M") | set(map(ord, "㷫衞")),
        "KOR": encoded("euc_kr") | set(unihan("OtherMappings", "kKoreanName")) | of("K"),
    }


def keep_variants(font, wanted):
    """Takes out of locl the forms of characters that are not in use where the form is.

    A text of that region still gets the character, in the form of the face, which is Japan's.
    """
    cmap = font.getBestCmap()
    gsub = font["GSUB"].table
    by_lookup = defaultdict(set)
    for script in gsub.ScriptList.ScriptRecord:
        for system in script.Script.LangSysRecord:
            tag = system.LangSysTag.strip()
            for i in system.LangSys.FeatureIndex:
                feature = gsub.FeatureList.FeatureRecord[i]
                if feature.FeatureTag == "locl":
                    for lookup in feature.Feature.LookupListIndex:
                        by_lookup[lookup].add(tag)
    for lookup, tags in by_lookup.items():
        keep = set()
        for tag in tags:
            keep |= {cmap[c] for c in wanted.get(tag, ()) if c in cmap}
        for table in gsub.LookupList.Lookup[lookup].SubTable:
            table = getattr(table, "ExtSubTable", table)
            table.mapping = {a: b for a, b in table.mapping.items() if a in keep}
            print("  locl of %s: %d" % (",".join(sorted(tags)), len(table.mapping)))


def cjk():
    wanted = regions()
    chars = set().union(*wanted.values())
    chars |= set(range(0x20, 0x7F)) | {0xA0, 0xB7} | set(range(0x3000, 0x3100)) | set(range(0x3100, 0x3130)) | set(range(0x3131, 0x318F))
    chars |= set(range(0x31A0, 0x31C0)) | set(range(0x31F0, 0x3200)) | set(range(0x1100, 0x1200)) | set(range(0xAC00, 0xD7A4))
    chars |= set(range(0xFF00, 0xFFF0)) | han(encoded("euc_kr"))
    for region in wanted:
        print("%4s: %d Han characters" % (region or "JAN", len(han(wanted[region]))))
    print("%d Han characters" % len(han(chars)))
    return cut(CJK, "NotoSerifCJK-Regular.otf", chars, 0, lambda font: keep_variants(font, wanted))


# What people put into their names: weather and plants, food, feasts, animals, people and hands, hearts, faces, letters of flags.
EMOJI = [(0x2600, 0x27BF), (0x2B50, 0x2B55), (0x1F1E6, 0x1F1FF), (0x1F300, 0x1F393), (0x1F3B5, 0x1F3BC), (0x1F3F3, 0x1F43F),
         (0x1F440, 0x1F4AF), (0x1F525, 0x1F525), (0x1F54A, 0x1F54C), (0x1F5A4, 0x1F5A4), (0x1F600, 0x1F64F), (0x1F90D, 0x1F93E),
         (0x1F970, 0x1F97A)]


def emoji():
    wanted = {c for first, last in EMOJI for c in range(first, last + 1)}
    chars = property_of("emoji/emoji-data.txt", "Emoji") & wanted
    return cut(SYMBOLA, "Symbola.ttf", chars | {0x20, 0x200D, 0xFE0E, 0xFE0F})


def main():
    total = 0
    which = sys.argv[1:]
    for name in WHOLE:
        if not which or name in which:
            total += cut(NOTO + "Noto%s-Regular.ttf" % name, "Noto%s-Regular.ttf" % name, None)
    for name in BOLD:
        if not which or "bold" in which:
            total += cut(NOTO + "Noto%s-Bold.ttf" % name, "Noto%s-Bold.ttf" % name, None)
    if not which or "cjk" in which:
        total += cjk()
    if not which or "emoji" in which:
        total += emoji()
    if not which or "latin" in which:
        total += cut(NOTO + "NotoSerif-Regular.ttf", "NotoSerif-Regular.ttf", set(range(0x2e80)) | set(range(0xa640, 0xa800)) | set(range(0xab30, 0xab70)))
    print("%9d in all" % total)


main()

#!/usr/bin/env python3
"""Golden token ids of 1000 prompts, by the programs that CLIP scores are made with.

    python3 -m pip install openai-clip==1.0.1 open-clip-torch==3.3.0 ftfy==6.3.1 regex "setuptools<81"
    python3 tokens.py tokens.json

Writes [prompt, cleaned or null, ids] for each prompt: `cleaned` is what `SimpleTokenizer.encode` looks for tokens in (null
where it is the prompt itself), `ids` are those of `clip.tokenize(prompt, truncate=True)` up to the last one that is not 0.
OpenAI's clip and open_clip give the same ids for all of them but those with a text that stands for an id in one of the two
(`<|endoftext|>` there, `<end_of_text>` here), which is asserted; the golden ids are OpenAI's.

Prompts that ftfy takes for misread encodings are of the kind that vidmetrics repairs too. Two of the other kind stand apart
(`misencoded`) with what the reference gives: vidmetrics says of them that it may differ.
"""

import json
import random
import sys
import unicodedata

import clip
import ftfy
import open_clip.tokenizer
import regex
from clip import simple_tokenizer

CAPTIONS = """
a dog running on the beach
A man is playing a guitar.
two women talking in a kitchen
Someone is slicing a tomato with a knife
a cat jumps onto the sofa and falls asleep
a panda eating bamboo on a rock
people are dancing at a wedding
The girl's hair blows in the wind, she's laughing
They'll cross the bridge before it's dark; we've seen it, I'd say you're right and I'm wrong
a time-lapse of a flower blooming
an astronaut riding a horse on Mars, 4k, high detail
A teddy bear washing the dishes
Drone shot of waves crashing against rugged cliffs at sunset
Slow motion: coffee is poured into a glass of milk.
Black-and-white footage of a steam train leaving a station in 1923
A red sports car drifts around a corner, smoke from its tyres, low angle
Close-up of an old fisherman mending a net, wrinkled hands, soft light
Aerial view of a city at night with moving traffic, hyper-lapse
A jellyfish drifts through dark water, glowing blue
Children fly kites on a green hill, wide shot, sunny day
The camera slowly pans over a library full of old books
A robot waters plants in a greenhouse on the moon, cinematic, 35mm film
Snow falls on a quiet street; a single lamp flickers.
Two knights fight with swords in the rain, dramatic lighting
Macro shot of an ant carrying a leaf
A chef tosses a pizza in the air and catches it
An origami bird unfolds and flies away, stop-motion
A lighthouse in a storm, waves as high as the tower, oil painting
a person typing on a laptop
rain running down a window pane, bokeh
""".strip().split("\n")

SUBJECTS = """a corgi; an old sailor; three penguins; a red fox; a ballet dancer; a small robot; a woman in a yellow raincoat; \
a paper boat; a hummingbird; the queen of hearts; an octopus; a street musician; a herd of wild horses; a toddler; \
a hot-air balloon; a samurai; a snowman; a clockwork owl""".split("; ")
ACTIONS = """walks slowly through; is running across; dances in; looks up at the sky above; spins around in; drifts over; \
plays the violin in; builds a sandcastle near; disappears into; rides a bicycle along""".split("; ")
PLACES = """a neon-lit Tokyo alley; the Sahara desert; a flooded cathedral; a field of lavender; an abandoned factory; \
the surface of Mars; a crowded market in Marrakesh; a frozen lake; a 1950s diner; the rings of Saturn""".split("; ")
STYLES = """; , cinematic lighting; , 8k, photorealistic; , in the style of Van Gogh; , shot on 16mm film; , watercolour; \
. Handheld camera, shallow depth of field.; , anime style, highly detailed; | slow motion, 120fps; \
 -- aspect ratio 16:9; (extreme close-up)""".split("; ")

ACCENTS = """Café au lait près de la fenêtre; Über den Dächern von München schläft ein Kätzchen; El niño corre detrás del \
balón en el jardín; São Paulo à noite, trânsito e chuva; Žluťoučký kůň úpěl ďábelské ódy; Zażółć gęślą jaźń; \
Örkény árvíztűrő tükörfúrógépe; Blåbærsyltetøy på brød; Þórr rides across the sky; Çiçekler ve İstanbul'da ılık bir gün; \
İZMİR'DE IŞIK; Ναυτίλος στη θάλασσα; ΟΔΥΣΣΕΥΣ ΚΑΙ ΣΕΙΡΗΝΕΣ; Ο ΣΟΦΟΣ; ΑΣ ΠΑΜΕ Σ ΑΥΤΟ; Σ; ΣΑΣ'Σ; Ά Έ Ή Ί Ό Ύ Ώ Ϊ Ϋ; \
Người đàn ông đi xe đạp trong mưa; Straße im Regen, GROSSE STRASSE, ẞ; naïve façade, crème brûlée, piñata, smörgåsbord; \
l'été à la plage; œuvre d'art, ŒUVRE; ærø, Ærø; ñandú, pingüino; dž, ǅ, Ĳssel""".split("; ")
SCRIPTS = """Собака бежит по пляжу; Чёрный кот спит на диване, а РЫЖИЙ ёж идёт мимо; Київ уночі: світло й дощ; \
一只狗在海滩上奔跑; 夕陽下的富士山,延時攝影; 犬が浜辺を走っている、スローモーション; カタカナとひらがなと漢字; 고양이가 소파 위에서 잔다; \
كلب يركض على الشاطئ; الكاميرا تتحرك ببطء عبر الصحراء; एक कुत्ता समुद्र तट पर दौड़ रहा है; हिन्दी में लिखा हुआ; \
สุนัขวิ่งบนชายหาด; כלב רץ על החוף; שָׁלוֹם; Շունը վազում է; ძაღლი გარბის; একটি কুকুর দৌড়াচ্ছে; தமிழ் நாடு; ខ្មែរ; \
ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ; ሰላም ለዓለም; མཐོང་; ᠮᠣᠩᠭᠣᠯ; 𐐀𐐁𐐂 deseret; 𝒜𝓁𝓅𝒽𝒶 𝔹𝕖𝕥𝕒; ﷺ; ꜳ ꝏ""".split("; ")
EMOJI = """😀 a smiling dog; 👩‍👩‍👧‍👦 family at the beach; 👍🏽 thumbs up; flags 🇩🇪🇫🇷🇯🇵 in the wind; 🏴󠁧󠁢󠁥󠁮󠁧󠁿 and 🏴󠁧󠁢󠁷󠁬󠁳󠁿; ❤️‍🔥 burning heart; \
🧑🏿‍🚀 on the moon 🌕; 1️⃣2️⃣3️⃣; ☕️ vs ☕︎; 🐈‍⬛ at night; ✨magic✨; 😂😂😂; cat🐱dog🐶; 🏳️‍🌈; 👨🏻‍💻types; ™ © ® ℠; ☃︎ ☂️ ♥; ▲▼◆●; \
→ ← ⇒; ½ ¾ ² ³ ⅷ Ⅷ ①②""".split("; ")
REFERENCES = """Tom &amp; Jerry; fish &amp;amp; chips; fish &amp;amp;amp; chips; 5 &lt; 6 &gt; 4; caf&eacute;; CAF&EACUTE;; caf&eacute; \
without &eacute; end &copy 2024; &copy2024; &notit; &notin; &notin; &NotEqualTilde;; &fjlig;ord; &#233;; &#xE9;; &#xe9 open; &#XE9;; \
&#128054; dog; &#x1F436; dog; &#0;nul; &#x80;5; &#150; dash; &#146;s; &#129;; &#13;return; &#10;line; &#x0B;; &#31;; &#127;; &#xD800;; \
&#x110000;; &#99999999999999999999;; &#xFFFE;; &#xFDD0;; &#x1FFFF;; &#;; &#x;; &; && ;; &amp; &AMP &Amp; &ampere; R&D, AT&T; \
a&b;c; &nosuchname;; &nosuchname; &abcdefghijklmnopqrstuvwxyzabcdefghijklmnop;; &hellip;&ldquo;quoted&rdquo;; &nbsp;spaces&nbsp;here; \
&NTILDE;andu &nTILDE;; &SZLIG; BUNDESSTRA&SZLIG;E; &AACUTE &YUML;; &ALPHA; &FRAC12; &SUP2;; <b>bold &amp; &eacute;</b>; \
<p>&amp;eacute;; &eacute; before < after; &lt;div&gt;; a &lt b &gt c; &amp;#39;s; &quot;quoted&quot;; don&apos;t; don&#39;t; \
&#38;amp;; &amp;lt;; &fflig;; &#64257;; &#65313;; &zwj;&zwnj;&shy;; &bigstar;&hearts; &thinsp;thin; x&sup2;; &euro;5 &pound;3; \
&Jscr;ohn &HilbertSpace;ancock; &THORN; &thorn &ETH; &eth; &ThickSpace;wide; &#59; &#x3b;; &#38;&#35;233;; &LT;b&GT; &COPY""".split("; ")
PUNCTUATION = """...; !!!???; wow!!! really??; "quoted" 'single' `back`; (a) [b] {c} <d>; a/b\\c|d; #hashtag @user; 50% off, $9.99; \
1,234,567.89; 3.14159; 2024-05-17T12:30:45Z; +49 (0)30 123-456; A+B=C; x_y_z; snake_case and kebab-case; C++ / C# / F#; ~~~; ----; \
——; …; a…b; email@example.com; https://example.com/a?b=c&d=e; !'s; 's; 'S 'T 'RE 'VE 'M 'LL 'D; don't can't won't; DON'T; it's's; \
rock 'n' roll; ''tis; I'm'not; we'd've; O'Reilly's; y'all're; '; ''; '''; "'; :-) ;-) :'(; <3; ¯\\_(ツ)_/¯; ヽ(°〇°)ﾉ; 0123456789; 12a34; \
４２; ٣٤٥; १२३; ⅓ cup; 10³; H₂O; 5′ 6″; №5; §12 ¶3; ‹a› «b»; „low“; ‚low‘; ‛x‟; ʼokina; 'ſ; <|ſtartoftext|>; a‐b‑c‒d–e—f; ¡Hola! ¿Qué?; \
·•‣; ‰ ‱; ∑∫√∞≠≤; Ω ohm; Å angstrom, Å; K kelvin, K; ı dotless; ǰ ẖ""".split("; ")
WIDTHS = """ＬＯＵＤ　ＮＯＩＳＥＳ; Ｕﾀｰﾝ; ﾊﾟﾋﾟﾌﾟ ｶﾞｷﾞ; ｈａｌｆ　ａｎｄ　ｆｕｌｌ　１２３！？; ￥１０００　￦５０; ﾡﾢﾣ ￂￃ; ～｟｠; ＆ａｍｐ；; ＜ｂ＞; ｡｢｣､･; ￩￪￫￬￭￮; ￣""".split("; ")
LIGATURES = """ﬁne ﬂuﬃeﬆ oﬀer ﬄ ﬅ; Ĳsland ĳs; ŉ; ǄǅǆǇǈǉǊǋǌ ǱǲǳＤ; ﬁﬂ; ﬓ ﬔ; ﬡ ﭏ""".split("; ")
CONTROLS = [
    "tab\tand\ttab", "two\nlines", "carriage\r\nreturn\rand more", "vertical\x0btab", "form\x0cfeed", "nul\x00byte",
    "bell\x07 and \x1b escape", "\x1b[36;44mI'm blue\x1b[0m", "\x1b[1mbold\x1b[", "\x1b[٣mdigits", "line\u2028separator",
    "paragraph\u2029separator", "next\x85line", "\ufeffbyte order mark", "mid\ufeffdle", "soft\xadhyphen", "no\xa0break",
    "zero\u200bwidth", "joiner\u200dand\u200cnon", "\u202eright to left\u202c", "ideographic\u3000space", "\u2003em space\u2009",
    "\u1680ogham\u180emongolian", "del\x7fete", "unit\x1fseparator", "file\x1cseparator", "\u206aarabic\u206f", "\ufff9note\ufffb",
    "obj\ufffcect", "repl\ufffdacement", "   spaces   around   ", "\n\n\n", "\t", "", " ", "a\n&eacute; <b>\n&eacute;",
    "&eacute;\n<b>&eacute;", "<b>\n&EACUTE; &eacute;", "c1 \x91quotes\x92 and \x96", "\x81 undefined", "\x80uro", "\u0345 alone",
    "a\u0345b \u0391\u0345", "\u0130\u0307 I\u0307 \u0130", "A\u030a \u212b", "\u1e9b\u0323", "\u0958\u0915\u093c", "\u1100\u1161\u11a8",
    "e\u0301\u0300 \u0300x", "\u0344 \u0340\u0341", "\uf900 \u2f800", "\U0002f800 \ufa1e", "\u2126\u212a\u2000x", "\u03a3\u0301 \u0391\u03a3\u0301 \u0391\u03a3.\u0391",
    "\u0391\u03a3\u00ad \u0391.\u03a3", "\u00b5 \u03bc", "\ue000 private \uf8ff", "\U0010fffd", "\ufe0f\ufe0e", "\u3099\u304b\u3099",
]
SPECIAL = """<|startoftext|>; <|endoftext|>; a dog <|endoftext|> a cat; <|STARTOFTEXT|> loud <|EndOfText|>; <|endoftext|; \
<| endoftext |>; x<|endoftext|>y; !<|endoftext|>; <|endoftext|><|endoftext|>""".split("; ")
OTHERS_SPECIAL = """<start_of_text> a dog <end_of_text>; <START_OF_TEXT>""".split("; ")
MISREAD = [text.encode().decode("latin-1") for text in ["naïve café", "déjà vu, été", "5°C — it’s “cold”", "日本の犬", "😀 dog"]] + [
    text.encode().decode("sloppy-windows-1252")
    for text in ["don’t stop, it’s café time 😀", "crème brûlée", "price: £5 … €3", "“quoted” – dash", "über Straße", "Señor Núñez’s dog"]
] + ["â€™".encode().decode("sloppy-windows-1252"), "CAFÉ for ALL", "É TUDO", "Å i åa ä e ö", "SEÑOR Ñ", "ÀÉÎÕÜ", "MANHÃS ÂNGELA"]
MISENCODED = ["voilÃ  le chien", "café, donâ€™t"]


def decomposed(text):
    return unicodedata.normalize("NFD", text)


def prompts():
    stream = random.Random(2021)
    found = list(CAPTIONS) + [caption.upper() for caption in CAPTIONS[:8]]
    groups = [ACCENTS, SCRIPTS, EMOJI, REFERENCES, PUNCTUATION, WIDTHS, LIGATURES, CONTROLS, SPECIAL, OTHERS_SPECIAL, MISREAD]
    for group in groups:
        found += group
    found += [decomposed(text) for text in ACCENTS + SCRIPTS[:12]] + [text.upper() for text in ACCENTS]
    found += [text.title() for text in ACCENTS[:10]] + [text.swapcase() for text in SCRIPTS[:2]]
    words = [word for caption in CAPTIONS for word in caption.split()]
    for count in [60, 70, 72, 73, 74, 75, 76, 77, 78, 80, 120, 200]:
        found.append(" ".join(stream.choice(words) for _ in range(count)))
    found += ["dog " * count for count in [74, 75, 76]] + ["dog " * 75 + "<|endoftext|>", "dog " * 74 + "<|endoftext|> dog"]
    found += ["一只狗在海滩上奔跑" * 8, "あ" * 90, "😀" * 80, "x" * 300, "!" * 200, "a1" * 100, "é" * 120, "antidisestablishmentarianism" * 12]
    pieces = ACCENTS + SCRIPTS + EMOJI + REFERENCES + PUNCTUATION + WIDTHS + LIGATURES
    while len(found) < 640:
        found.append(stream.choice([" ", ", ", "", "\n", " - "]).join(stream.sample(pieces, stream.randint(2, 4))))
    seen = set()
    found = [text for text in found if not (text in seen or seen.add(text))]
    while len(found) < 1000:
        text = f"{stream.choice(SUBJECTS)} {stream.choice(ACTIONS)} {stream.choice(PLACES)}{stream.choice(STYLES)}"
        text = text[0].upper() + text[1:] if stream.random() < 0.5 else text
        if text not in seen:
            seen.add(text)
            found.append(text)
    return found


def cleaned(text):
    return simple_tokenizer.whitespace_clean(simple_tokenizer.basic_clean(text)).lower()


def row(text):
    clean = cleaned(text)
    ids = clip.tokenize(text, truncate=True)[0].tolist()
    one, other = clip.clip._tokenizer.encode(text), open_clip.tokenizer._tokenizer.encode(text)
    words = clip.clip._tokenizer.pat.findall(clean) + open_clip.tokenizer._tokenizer.pat.findall(clean)
    differs = any(regex.fullmatch(r"<\|(startof|endof)text\|>|<(start|end)_of_text>", word, regex.I) for word in words)
    assert (one != other) == differs, text
    assert differs or ids == open_clip.tokenizer.tokenize(text)[0].tolist(), text
    while ids[-1] == 0:
        ids.pop()
    return [text, None if clean == text else clean, ids]


def main():
    made_with = f"openai-clip 1.0.1, open_clip 3.3.0, ftfy {ftfy.__version__}, regex {regex.__version__}"
    lines = [json.dumps(row(text), separators=(",", ":"), ensure_ascii=True) for text in prompts()]
    apart = [json.dumps(row(text), separators=(",", ":")) for text in MISENCODED]
    with open(sys.argv[1], "w") as file:
        file.write(f'{{"made_with":{json.dumps(made_with)},\n"misencoded":[{",".join(apart)}],\n"prompts":[\n')
        file.write(",\n".join(lines))
        file.write("\n]}\n")
    print(len(lines), "prompts")


main()

// Foundation carries 34 MB of ICU's data: names and formats of some 700 languages. Nothing here asks for them. This is what
// ICU itself calls stub data: a table of contents without entries. What would look a language up gets U_MISSING_RESOURCE_ERROR
// (Foundation: nil, or the unlocalised form); regular expressions, case, normalisation, numbers, ISO 8601 and JSON have their
// tables in code. `program.sh` gives the data's name to it.
#include <stdint.h>

const struct {
  uint16_t headerSize;
  uint8_t magic[2];
  uint16_t infoSize, reserved;
  uint8_t isBigEndian, charsetFamily, sizeofUChar, reservedByte;
  uint8_t format[4], formatVersion[4], dataVersion[4];
  uint8_t padding[8];
  uint32_t entries, none;
} no_icu_data __attribute__((aligned(16))) = {
    .headerSize = 32, .magic = {0xda, 0x27}, .infoSize = 20, .sizeofUChar = 2, .format = "CmnD", .formatVersion = {1},
};

#include "base/utf8.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

VITALS_NAMESPACE_BEGIN
namespace base {
namespace {

struct Sequence {
  std::size_t size;  // bytes that belong together
  bool valid;
};

// The allowed lead bytes with their length and the range of the second byte.
struct LeadByte {
  std::uint8_t first;
  std::uint8_t last;
  std::uint8_t size;
  std::uint8_t second_first;
  std::uint8_t second_last;
};

constexpr LeadByte kLeadBytes[] = {
    {0xC2, 0xDF, 2, 0x80, 0xBF}, {0xE0, 0xE0, 3, 0xA0, 0xBF}, {0xE1, 0xEC, 3, 0x80, 0xBF},
    {0xED, 0xED, 3, 0x80, 0x9F}, {0xEE, 0xEF, 3, 0x80, 0xBF}, {0xF0, 0xF0, 4, 0x90, 0xBF},
    {0xF1, 0xF3, 4, 0x80, 0xBF}, {0xF4, 0xF4, 4, 0x80, 0x8F},
};

// The sequence that `text`, which is not empty, starts with.
Sequence NextSequence(std::string_view text) noexcept {
  const auto byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  if (byte(0) < 0x80) return {1, true};
  for (const LeadByte& lead : kLeadBytes) {
    if (byte(0) < lead.first || byte(0) > lead.last) continue;
    if (text.size() < 2 || byte(1) < lead.second_first || byte(1) > lead.second_last) {
      return {1, false};
    }
    std::size_t size = 2;
    while (size < lead.size && size < text.size() && byte(size) >= 0x80 && byte(size) <= 0xBF) {
      ++size;
    }
    return {size, size == lead.size};
  }
  return {1, false};
}

// Bytes of ASCII at the start; it may leave up to 7 of them before one that is not.
std::size_t AsciiPrefix(std::string_view text) noexcept {
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  std::size_t i = 0;
  for (std::uint64_t word = 0; i + sizeof(word) <= text.size(); i += sizeof(word)) {
    std::memcpy(&word, text.data() + i, sizeof(word));
    if ((word & kHighBits) != 0) return i;
  }
  while (i < text.size() && static_cast<std::uint8_t>(text[i]) < 0x80) ++i;
  return i;
}

bool ContinuesCharacter(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

std::size_t ValidUtf8Prefix(std::string_view text) noexcept {
  std::string_view rest = text;
  while (true) {
    rest.remove_prefix(AsciiPrefix(rest));
    if (rest.empty()) return text.size();
    const Sequence sequence = NextSequence(rest);
    if (!sequence.valid) return text.size() - rest.size();
    rest.remove_prefix(sequence.size);
  }
}

std::size_t IllFormedUtf8Prefix(std::string_view text) noexcept {
  if (text.empty()) return 0;
  const Sequence sequence = NextSequence(text);
  return sequence.valid ? 0 : sequence.size;
}

bool IsValidUtf8(std::string_view text) noexcept { return ValidUtf8Prefix(text) == text.size(); }

std::size_t CountCharacters(std::string_view text) noexcept {
  // Every byte but those that continue a character begins one.
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !ContinuesCharacter(c); }));
}

std::string_view CutUtf8(std::string_view text, std::size_t max_bytes) noexcept {
  if (text.size() <= max_bytes) return text;
  // A character has no more than 3 bytes after its first.
  const std::size_t least = max_bytes - std::min<std::size_t>(max_bytes, 3);
  std::size_t size = max_bytes;
  while (size > least && ContinuesCharacter(text[size])) --size;
  return text.substr(0, ContinuesCharacter(text[size]) ? max_bytes : size);
}

std::string ToValidUtf8(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const Sequence sequence = NextSequence(text);
    result.append(sequence.valid ? text.substr(0, sequence.size) : kReplacementCharacter);
    text.remove_prefix(sequence.size);
  }
  return result;
}

}  // namespace base
VITALS_NAMESPACE_END

#include "metrics/label_schema.h"

#include <sys/random.h>

#include <chrono>
#include <cstring>

VITALS_NAMESPACE_BEGIN
namespace metrics {
namespace {

template <typename Integer>
Integer Load(const char* bytes) noexcept {
  Integer value;
  std::memcpy(&value, bytes, sizeof(value));
  return value;
}

std::uint64_t MultiplyAndFold(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Odd numbers with as many ones as zeros, so that every bit of the input matters.
constexpr std::uint64_t kMultiplierA = 0x9E6C63D0876A5A2D;
constexpr std::uint64_t kMultiplierB = 0xC2B2AE3D27D4EB4F;

std::uint64_t HashBytes(std::string_view text, std::uint64_t seed) noexcept {
  const char* bytes = text.data();
  std::size_t size = text.size();
  while (size > 16) {
    seed = MultiplyAndFold(Load<std::uint64_t>(bytes) ^ seed,
                           Load<std::uint64_t>(bytes + 8) ^ kMultiplierA);
    bytes += 16;
    size -= 16;
  }
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  if (size >= 8) {
    low = Load<std::uint64_t>(bytes);
    high = Load<std::uint64_t>(bytes + size - 8);
  } else if (size >= 4) {
    low = Load<std::uint32_t>(bytes);
    high = Load<std::uint32_t>(bytes + size - 4);
  } else if (size > 0) {
    // First, middle and last: all of them, for three bytes or fewer.
    low = static_cast<unsigned char>(bytes[0]) |
          std::uint64_t{static_cast<unsigned char>(bytes[size / 2])} << 8 |
          std::uint64_t{static_cast<unsigned char>(bytes[size - 1])} << 16;
  }
  return MultiplyAndFold(low ^ seed ^ text.size(), high ^ kMultiplierB);
}

std::uint64_t RandomSeed() noexcept {
  std::uint64_t seed = 0;
  if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed)) {
    seed = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
  }
  return seed;
}

const std::uint64_t process_seed = RandomSeed();

// memcmp() == 0, without the call for the sizes that label values mostly have.
bool EqualBytes(const char* a, const char* b, std::size_t size) noexcept {
  if (size > 16) return std::memcmp(a, b, size) == 0;
  if (size >= 8) {
    return ((Load<std::uint64_t>(a) ^ Load<std::uint64_t>(b)) |
            (Load<std::uint64_t>(a + size - 8) ^ Load<std::uint64_t>(b + size - 8))) == 0;
  }
  if (size >= 4) {
    return ((Load<std::uint32_t>(a) ^ Load<std::uint32_t>(b)) |
            (Load<std::uint32_t>(a + size - 4) ^ Load<std::uint32_t>(b + size - 4))) == 0;
  }
  for (std::size_t i = 0; i < size; ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

// Whether `stored` is `value` escaped, without making that.
bool EqualsEscaped(std::string_view stored, std::string_view value) noexcept {
  std::size_t i = 0;
  for (const char c : value) {
    const bool escaped = c == '\\' || c == '"' || c == '\n';
    if (stored.size() - i < (escaped ? 2U : 1U)) return false;
    if (escaped && stored[i++] != '\\') return false;
    if (stored[i++] != (c == '\n' ? 'n' : c)) return false;
  }
  return i == stored.size();
}

}  // namespace

std::uint32_t HashLabelValues(std::span<const std::string_view> values) noexcept {
  std::uint64_t hash = process_seed;
  for (const std::string_view value : values) hash = HashBytes(value, hash);
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

LabelSchema::LabelSchema(std::span<const std::string> names, std::uint32_t reported_count)
    : reported_count_(reported_count) {
  for (const std::string& name : names) {
    openings_.push_back((openings_.empty() ? "" : ",") + name + "=\"");
  }
}

bool LabelSchema::Matches(const Series& series,
                          std::span<const std::string_view> values) const noexcept {
  const char* cursor = series.text().data();
  const std::uint16_t* const sizes = series.value_sizes(reported_count_);
  for (std::size_t i = 0; i < openings_.size(); ++i) {
    cursor += openings_[i].size();
    const std::string_view stored(cursor, sizes[i]);
    const bool equal = series.has_escapes ? EqualsEscaped(stored, values[i])
                                          : stored.size() == values[i].size() &&
                                                EqualBytes(cursor, values[i].data(), stored.size());
    if (!equal) return false;
    cursor += stored.size() + 1;
  }
  return true;
}

Series* LabelSchema::Create(std::uint32_t hash, const SeriesRef& ref,
                            std::span<const std::string_view> values) const {
  std::string text;
  std::vector<std::uint16_t> sizes;
  for (std::size_t i = 0; i < openings_.size(); ++i) {
    text += openings_[i];
    const std::size_t start = text.size();
    AppendEscapedLabelValue(values[i], text);
    sizes.push_back(static_cast<std::uint16_t>(text.size() - start));
    text += '"';
  }
  return Series::Create(hash, ref, reported_count_, sizes, text);
}

}  // namespace metrics
VITALS_NAMESPACE_END

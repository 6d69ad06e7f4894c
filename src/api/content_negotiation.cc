#include "api/content_negotiation.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "absl/strings/match.h"

VITALS_NAMESPACE_BEGIN
namespace api {
namespace {

bool EqualsIgnoringCase(std::string_view a, std::string_view b) noexcept {
  return absl::EqualsIgnoreCase({a.data(), a.size()}, {b.data(), b.size()});
}

std::string_view Trimmed(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Takes what stands before the next `separator` that is not within quotes.
std::string_view TakeUntil(char separator, std::string_view& rest) noexcept {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < rest.size() && (quoted || rest[end] != separator); ++end) {
    if (rest[end] == '"') quoted = !quoted;
    if (rest[end] == '\\' && quoted && end + 1 < rest.size()) ++end;
  }
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return Trimmed(taken);
}

// One media range of the header.
struct MediaRange {
  std::string_view type;
  std::string_view version;
  double quality = 1;
};

std::optional<double> ParseQuality(std::string_view text) noexcept {
  double quality = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), quality);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!(quality >= 0 && quality <= 1)) return std::nullopt;
  return quality;
}

std::optional<MediaRange> ParseMediaRange(std::string_view text) noexcept {
  MediaRange range;
  range.type = TakeUntil(';', text);
  while (!text.empty()) {
    std::string_view value = TakeUntil(';', text);
    const std::string_view name = TakeUntil('=', value);
    value = Trimmed(value);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
      value = value.substr(1, value.size() - 2);
    }
    if (EqualsIgnoringCase(name, "version")) range.version = value;
    if (EqualsIgnoringCase(name, "q")) {
      const std::optional<double> quality = ParseQuality(value);
      if (!quality) return std::nullopt;
      range.quality = *quality;
    }
  }
  return range;
}

bool IsOpenMetrics(const MediaRange& range) noexcept {
  return EqualsIgnoringCase(range.type, "application/openmetrics-text") &&
         (range.version.empty() || range.version == "1.0.0");
}

bool IsText(const MediaRange& range) noexcept {
  const bool text = EqualsIgnoringCase(range.type, "text/plain") &&
                    (range.version.empty() || range.version == "0.0.4");
  return text || range.type == "*/*" || EqualsIgnoringCase(range.type, "text/*");
}

bool IsHealthJson(const MediaRange& range) noexcept {
  return EqualsIgnoringCase(range.type, "application/health+json");
}

bool IsJson(const MediaRange& range) noexcept {
  return EqualsIgnoringCase(range.type, "application/json") ||
         EqualsIgnoringCase(range.type, "application/*") || range.type == "*/*";
}

// Whether `accept` names what `is_special` is, at least as high as what `is_plain` is.
bool Prefers(std::string_view accept, bool (*is_special)(const MediaRange&) noexcept,
             bool (*is_plain)(const MediaRange&) noexcept) noexcept {
  double special = 0;
  double plain = 0;
  while (!accept.empty()) {
    const std::optional<MediaRange> range = ParseMediaRange(TakeUntil(',', accept));
    if (!range) continue;
    if (is_special(*range)) special = std::max(special, range->quality);
    if (is_plain(*range)) plain = std::max(plain, range->quality);
  }
  return special > 0 && special >= plain;
}

}  // namespace

ExpositionFormat NegotiateFormat(std::string_view accept) noexcept {
  return Prefers(accept, IsOpenMetrics, IsText) ? ExpositionFormat::kOpenMetrics
                                                : ExpositionFormat::kText;
}

bool PrefersHealthJson(std::string_view accept) noexcept {
  return Prefers(accept, IsHealthJson, IsJson);
}

}  // namespace api
VITALS_NAMESPACE_END

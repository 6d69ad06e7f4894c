#include "vitals/model/names.h"

#include <algorithm>
#include <string>

#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace {

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Shows a name in a message whatever it holds: printable ASCII as it is, other bytes as \xNN, and a
// long one cut.
std::string Quoted(std::string_view name) {
  constexpr std::size_t kShownBytes = 100;
  std::string result = "\"";
  for (const char c : name.substr(0, kShownBytes)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F) {
      result += c;
    } else {
      result += fmt::format("\\x{:02x}", byte);
    }
  }
  result += name.size() > kShownBytes ? "...\"" : "\"";
  return result;
}

absl::Status ValidateName(std::string_view what, std::string_view name, bool allow_colon) {
  if (name.empty()) {
    return absl::InvalidArgumentError(fmt::format("{} is empty", what));
  }
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (IsLetter(c) || (allow_colon && c == ':') || (i > 0 && IsDigit(c))) continue;
    return absl::InvalidArgumentError(fmt::format(
        "{} {} has {} at position {}: use letters, digits and underscores{}, and no digit "
        "at the start",
        what, Quoted(name), Quoted(name.substr(i, 1)), i + 1,
        allow_colon ? " (colons are for recording rules)" : ""));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ValidateMetricName(std::string_view name) {
  return ValidateName("metric name", name, /*allow_colon=*/true);
}

absl::Status ValidateLabelName(std::string_view name) {
  if (absl::Status status = ValidateName("label name", name, /*allow_colon=*/false); !status.ok()) {
    return status;
  }
  if (name.substr(0, 2) == "__") {
    return absl::InvalidArgumentError(fmt::format(
        "label name \"{}\" is reserved: names that start with __ belong to Prometheus", name));
  }
  return absl::OkStatus();
}

bool IsValidLabelName(std::string_view name) noexcept {
  return !name.empty() && !IsDigit(name[0]) && !name.starts_with("__") &&
         std::all_of(name.begin(), name.end(), [](char c) { return IsLetter(c) || IsDigit(c); });
}

VITALS_NAMESPACE_END

#include "health/component_name.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "absl/strings/ascii.h"
#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace health {
namespace {

constexpr std::size_t kMaxNameLength = 255;

bool IsNameCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.' ||
         c == ':';
}

bool IsPart(std::string_view part) {
  return !part.empty() && std::all_of(part.begin(), part.end(), IsNameCharacter);
}

bool IsName(std::string_view name) {
  while (true) {
    const std::size_t slash = name.find('/');
    if (!IsPart(name.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    name.remove_prefix(slash + 1);
  }
}

}  // namespace

absl::Status ValidateComponentName(std::string_view name) {
  if (name.size() > kMaxNameLength) {
    return absl::InvalidArgumentError(
        fmt::format("the component name '{}...' has {} characters: use at most {}",
                    name.substr(0, 32), name.size(), kMaxNameLength));
  }
  if (!IsName(name)) {
    return absl::InvalidArgumentError(
        fmt::format("'{}' is no component name: use letters, digits, '_', '-', '.' and ':', in "
                    "parts with '/' between them",
                    name));
  }
  return absl::OkStatus();
}

absl::Status ValidateGroupName(std::string_view name) {
  if (name.size() <= kMaxNameLength && IsPart(name)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("'{}' is no group name: use 1 to {} letters, digits, '_', '-', '.' and ':'",
                  name.substr(0, kMaxNameLength), kMaxNameLength));
}

bool IsUnder(std::string_view name, std::string_view under) {
  return under.empty() ||
         (name.starts_with(under) && (name.size() == under.size() || name[under.size()] == '/'));
}

}  // namespace health
VITALS_NAMESPACE_END

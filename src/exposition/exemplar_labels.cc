#include "exposition/exemplar_labels.h"

#include <string_view>

VITALS_NAMESPACE_BEGIN
namespace exposition {

std::size_t CountCharacters(const ParsedLabels& labels) noexcept {
  std::size_t count = 0;
  for (const ParsedLabel& label : labels) {
    count += label.name.size();
    const std::string_view value = label.escaped_value;
    for (std::size_t i = 0; i < value.size(); ++i) {
      // An escape is one character, unless it stands for itself.
      constexpr std::string_view kEscaped = "\\\"n";
      if (value[i] == '\\' && kEscaped.find(value[i + 1]) != std::string_view::npos) ++i;
      const bool continues = (static_cast<unsigned char>(value[i]) & 0xC0) == 0x80;
      count += continues ? 0 : 1;
    }
  }
  return count;
}

}  // namespace exposition
VITALS_NAMESPACE_END

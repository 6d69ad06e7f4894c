#ifndef VITALS_SRC_EXPOSITION_EXEMPLAR_LABELS_H_
#define VITALS_SRC_EXPOSITION_EXEMPLAR_LABELS_H_

#include <cstddef>

#include "vitals/base/config.h"
#include "vitals/exposition/parsed_page.h"

VITALS_NAMESPACE_BEGIN
namespace exposition {

/// The characters (code points) of names and unescaped values. Allocates nothing.
std::size_t CountCharacters(const ParsedLabels& labels) noexcept;

}  // namespace exposition
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_EXPOSITION_EXEMPLAR_LABELS_H_

#ifndef VITALS_SRC_API_CONTENT_NEGOTIATION_H_
#define VITALS_SRC_API_CONTENT_NEGOTIATION_H_

#include <string_view>

#include "vitals/base/config.h"
#include "vitals/exposition/parsed_page.h"

VITALS_NAMESPACE_BEGIN
namespace api {

/// The format that a client likes best, by its Accept header (RFC 9110 section 12.5.1): OpenMetrics
/// 1.0 where it is named, with that version or none, at least as high as the text format 0.0.4 and
/// what wildcards stand for; else the text format, also for a client that asks for something else
/// altogether, as Prometheus' own libraries do. What is malformed is passed over.
ExpositionFormat NegotiateFormat(std::string_view accept) noexcept;

/// Whether a client that is shown health likes application/health+json at least as much as
/// application/json and what wildcards stand for. Only where it is named: who does not know it gets
/// what is easier to read.
bool PrefersHealthJson(std::string_view accept) noexcept;

}  // namespace api
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_API_CONTENT_NEGOTIATION_H_

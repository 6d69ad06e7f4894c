#ifndef VITALS_EXPOSITION_PARSER_H_
#define VITALS_EXPOSITION_PARSER_H_

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "vitals/base/config.h"
#include "vitals/exposition/parsed_page.h"

/// \file
/// The parser of both text formats.

VITALS_NAMESPACE_BEGIN

/// How to read a page, and how large it may be.
struct ParseOptions {
  ExpositionFormat format = ExpositionFormat::kText;
  std::size_t max_page_bytes = 64 << 20;
  std::size_t max_line_bytes = 1 << 20;
  std::size_t max_samples = 2'000'000;  ///< each takes 72 bytes of a ParsedPage
  std::size_t max_families = 200'000;
  std::size_t max_labels = 256;  ///< of one sample or exemplar
};

/// The format of a page with this Content-Type: OpenMetrics where it says so, else the text format,
/// as Prometheus 2 takes it.
VITALS_EXPORT ExpositionFormat FormatOfContentType(std::string_view content_type) noexcept;

/// Takes a page apart, into views of its bytes: `page` must outlive the result.
///
/// OpenMetrics is read strictly: a page that breaks a rule of OpenMetrics 1.0 is refused as a
/// whole. The text format is read as Prometheus reads it: blanks and tabs between the parts,
/// comments, empty lines, missing, late and repeated metadata, samples in any order, and a last
/// line without its newline are all right. Both refuse what Prometheus refuses: malformed lines, a
/// label given twice, text that is not UTF-8, numbers beyond the range of a double.
///
/// Fails with InvalidArgument, whose message starts with `line L, column C:` (both from 1, columns
/// in bytes) and says what was expected; with ResourceExhausted, naming the option, for a page
/// beyond a limit. Linear in the size of the page; hundreds of megabytes a second.
VITALS_EXPORT absl::StatusOr<ParsedPage> ParsePage(std::string_view page,
                                                   const ParseOptions& options);

/// The same into `result`, whose memory is used again. When it fails, `result` has no meaning.
VITALS_EXPORT absl::Status ParsePage(std::string_view page, const ParseOptions& options,
                                     ParsedPage& result);

VITALS_NAMESPACE_END

#endif  // VITALS_EXPOSITION_PARSER_H_

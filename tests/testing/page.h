#ifndef VITALS_TESTS_TESTING_PAGE_H_
#define VITALS_TESTS_TESTING_PAGE_H_

#include <string>
#include <string_view>

#include "vitals/base/config.h"
#include "vitals/metrics/registry.h"

/// \file
/// Pages as tests look at them.

VITALS_NAMESPACE_BEGIN
namespace testing {

/// What the registry shows now, in the text format. Where the environment names a folder in
/// VITALS_TEST_PAGES_DIR the page is kept there too, for promtool to check.
std::string Page(Registry& registry);

/// The value of the line that starts with `series` and a blank, e.g. `x_total{a="b"}`; "none" when
/// there is no such line.
std::string ValueOn(std::string_view page, std::string_view series);

/// Page() and ValueOn() in one.
std::string Value(Registry& registry, std::string_view series);

}  // namespace testing
VITALS_NAMESPACE_END

#endif  // VITALS_TESTS_TESTING_PAGE_H_

// Prints the page of a family of every type: `print_page text|openmetrics`. For other parsers.

#include <iostream>
#include <string_view>

#include "tests/exposition/snapshots.h"

int main(int argc, char** argv) {
  const std::string_view format = argc == 2 ? argv[1] : "";
  const vitals::Snapshot snapshot =
      vitals::testing::Collected(vitals::testing::EveryType(), {{"shard", "3"}});
  if (format == "text") {
    std::cout << vitals::testing::Text(snapshot);
  } else if (format == "openmetrics") {
    std::cout << vitals::testing::OpenMetrics(snapshot, {.created_samples = true});
  } else {
    std::cerr << "usage: print_page text|openmetrics\n";
    return 2;
  }
  return 0;
}

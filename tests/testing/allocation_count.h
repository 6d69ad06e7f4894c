#ifndef VITALS_TESTS_TESTING_ALLOCATION_COUNT_H_
#define VITALS_TESTS_TESTING_ALLOCATION_COUNT_H_

#include <cstddef>

namespace vitals_test {

/// What the calling thread has allocated so far by operator new, which the test binary that has
/// allocation_count.cc among its sources replaces.
std::size_t AllocationCount() noexcept;

}  // namespace vitals_test

#endif  // VITALS_TESTS_TESTING_ALLOCATION_COUNT_H_

// Three static copies of vitals in one process: the host's and those of two plugins. Each counts
// for itself, on threads that record through all of them, and one plugin leaves while such a thread
// lives.

#include <dlfcn.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <thread>
#include <vector>

#include "recorder.h"

namespace {

void Expect(const char* what, std::uint64_t actual, std::uint64_t expected) {
  if (actual == expected) return;
  std::fprintf(stderr, "%s: %llu, expected %llu\n", what, static_cast<unsigned long long>(actual),
               static_cast<unsigned long long>(expected));
  std::exit(1);
}

struct Plugin {
  explicit Plugin(const char* path) : handle(dlopen(path, RTLD_NOW | RTLD_LOCAL)) {
    if (handle == nullptr) {
      std::fprintf(stderr, "%s\n", dlerror());
      std::exit(1);
    }
    record = reinterpret_cast<void (*)(std::uint64_t)>(dlsym(handle, "PluginRecord"));
    total = reinterpret_cast<std::uint64_t (*)()>(dlsym(handle, "PluginTotal"));
  }

  void* handle;
  void (*record)(std::uint64_t) = nullptr;
  std::uint64_t (*total)() = nullptr;
};

void RecordThroughAll(const Plugin& a, const Plugin& b) {
  RecordEvents("host", 100);
  a.record(20);
  b.record(3);
}

}  // namespace

int main() {
  const Plugin a(PLUGIN_A_PATH);
  const Plugin b(PLUGIN_B_PATH);

  RecordThroughAll(a, b);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back([&] { RecordThroughAll(a, b); });
  for (std::thread& thread : threads) thread.join();
  Expect("host", OwnTotal(), 900);
  Expect("plugin a", a.total(), 180);
  Expect("plugin b", b.total(), 27);

  // A thread that recorded through b ends after b has been closed.
  std::promise<void> recorded;
  std::promise<void> closed;
  std::thread survivor([&] {
    RecordThroughAll(a, b);
    recorded.set_value();
    closed.get_future().wait();
    RecordEvents("host", 1);
    a.record(1);
  });
  recorded.get_future().wait();
  Expect("plugin b with the survivor", b.total(), 30);
  if (dlclose(b.handle) != 0) return 1;
  closed.set_value();
  survivor.join();

  Expect("host after the close", OwnTotal(), 1001);
  Expect("plugin a after the close", a.total(), 201);
  std::thread([&] { a.record(9); }).join();
  Expect("plugin a after a new thread", a.total(), 210);

  const bool still_loaded = dlopen(PLUGIN_B_PATH, RTLD_NOW | RTLD_NOLOAD) != nullptr;
  std::printf("plugin b %s\n", still_loaded ? "stayed in memory" : "was unloaded");
  return 0;
}

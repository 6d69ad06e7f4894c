#ifndef VITALS_TESTS_TESTING_FILE_TREE_H_
#define VITALS_TESTS_TESTING_FILE_TREE_H_

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace vitals_test {

/// Files below a folder of their own, as a test writes them; removed with this.
class FileTree {
 public:
  FileTree() {
    std::string path = ::testing::TempDir() + "tree.XXXXXX";
    root_ = mkdtemp(path.data());
  }
  ~FileTree() { std::filesystem::remove_all(root_); }
  FileTree(const FileTree&) = delete;
  FileTree& operator=(const FileTree&) = delete;

  /// Where `path`, relative to the folder, is.
  std::string At(std::string_view path) const { return (root_ / path).string(); }

  /// Writes a file, and the folders that it is in.
  void Write(std::string_view path, std::string_view text) const {
    const std::filesystem::path file = root_ / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }

  /// Removes a file, or a folder and what is in it.
  void Remove(std::string_view path) const { std::filesystem::remove_all(root_ / path); }

 private:
  std::filesystem::path root_;
};

}  // namespace vitals_test

#endif  // VITALS_TESTS_TESTING_FILE_TREE_H_

// The safetensors file (https://github.com/huggingface/safetensors#format): 8 bytes with the length of a JSON header,
// the header, the tensors' bytes one after the other. Float32 tensors only.
#pragma once
#include <map>
#include <string>
#include <vector>

namespace bakeoff::safetensors {

struct File {
  std::map<std::string, std::string> metadata;
  std::map<std::string, std::vector<float>> tensors;  // of one dimension each
};

// The same file gives the same bytes. DataError if a text isn't UTF-8.
std::string encode(const File& file);

// DataError naming `path` unless the header is whole, valid and at most 100 MB, no name comes twice, and the tensors
// cover all the bytes after it without gap or overlap.
File decode(const std::string& bytes, const std::string& path);

}  // namespace bakeoff::safetensors

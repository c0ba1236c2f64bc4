/* Compare the structures of csrc/xla.h with those of the header of jaxlib: compiles if they agree. */
#include <xla/ffi/api/c_api.h>

#include "xla.h"

#define SAME(ours, mine, theirs, yours) \
    _Static_assert(offsetof(ours, mine) == offsetof(theirs, yours), #ours "." #mine)

_Static_assert(XLA_MAJOR == XLA_FFI_API_MAJOR, "major version");
_Static_assert(XLA_METADATA == XLA_FFI_Extension_Metadata, "metadata");
_Static_assert(XLA_EXECUTE == XLA_FFI_ExecutionStage_EXECUTE, "stage");
_Static_assert(XLA_FLOAT == XLA_FFI_DataType_F32 && XLA_DOUBLE == XLA_FFI_DataType_F64, "types");
_Static_assert(XLA_INTERNAL == XLA_FFI_Error_Code_INTERNAL, "code");
_Static_assert(sizeof(xla_error_request) == sizeof(struct XLA_FFI_Error_Create_Args), "error");
_Static_assert(sizeof(xla_version) == sizeof(struct XLA_FFI_Api_Version), "version");

SAME(xla_extension, type, XLA_FFI_Extension_Base, type);
SAME(xla_metadata_request, metadata, struct XLA_FFI_Metadata_Extension, metadata);
SAME(xla_metadata, version, struct XLA_FFI_Metadata, api_version);
SAME(xla_version, major, struct XLA_FFI_Api_Version, major_version);
SAME(xla_version, minor, struct XLA_FFI_Api_Version, minor_version);
SAME(xla_error_request, message, struct XLA_FFI_Error_Create_Args, message);
SAME(xla_error_request, code, struct XLA_FFI_Error_Create_Args, errc);
SAME(xla_api, new_error, struct XLA_FFI_Api, XLA_FFI_Error_Create);
SAME(xla_buffer, dtype, struct XLA_FFI_Buffer, dtype);
SAME(xla_buffer, data, struct XLA_FFI_Buffer, data);
SAME(xla_buffer, rank, struct XLA_FFI_Buffer, rank);
SAME(xla_buffer, dims, struct XLA_FFI_Buffer, dims);
SAME(xla_buffers, size, struct XLA_FFI_Args, size);
SAME(xla_buffers, buffers, struct XLA_FFI_Args, args);
SAME(xla_buffers, buffers, struct XLA_FFI_Rets, rets);
SAME(xla_text, length, XLA_FFI_ByteSpan, len);
SAME(xla_scalar, value, XLA_FFI_Scalar, value);
SAME(xla_attributes, names, struct XLA_FFI_Attrs, names);
SAME(xla_attributes, values, struct XLA_FFI_Attrs, attrs);
SAME(xla_frame, api, struct XLA_FFI_CallFrame, api);
SAME(xla_frame, stage, struct XLA_FFI_CallFrame, stage);
SAME(xla_frame, arguments, struct XLA_FFI_CallFrame, args);
SAME(xla_frame, results, struct XLA_FFI_CallFrame, rets);
SAME(xla_frame, attributes, struct XLA_FFI_CallFrame, attrs);

/* Undefine the names of one precision, before the next is compiled. */
#undef VECTOR_BYTES
#undef vec
#undef ivec
#undef LANES
#undef LANE_BITS
#undef splat
#undef total
#undef partner
#undef lane_signs
#undef rotation
#undef ROTATE
#undef READ
#undef ALL_WANTS
#undef state
#undef workspace
#undef split
#undef shared_pass

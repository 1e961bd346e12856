;; Squared distances of vectors of 32-bit floats from one query, as `squaredDistance` in squared-distance.ts computes them, bit for bit. scripts/assemble-kernel.mjs makes
;; distances.generated.ts of this.
(module
  (import "host" "memory" (memory 1))
  ;; Writes to out[i] the distance of the vector at entries[i]. All but dimension and count are addresses in bytes: of vectors of 32-bit floats, of the query in 64-bit floats, of 32-bit
  ;; numbers of entries, and of 32-bit floats.
  (func (export "distances")
    (param $vectors i32) (param $query i32) (param $dimension i32) (param $entries i32) (param $count i32) (param $out i32)
    (local $end i32) (local $vector i32) (local $component i32) (local $eights i32) (local $stop i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local $low v128) (local $high v128) (local $difference v128)
    (local $rest f64) (local $one f64)
    (local.set $end (i32.add (local.get $entries) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $rows
        (br_if $done (i32.ge_u (local.get $entries) (local.get $end)))
        (local.set $vector
          (i32.add (local.get $vectors)
            (i32.shl (i32.mul (i32.load (local.get $entries)) (local.get $dimension)) (i32.const 2))))
        (local.set $stop (i32.add (local.get $vector) (i32.shl (local.get $dimension) (i32.const 2))))
        (local.set $eights
          (i32.add (local.get $vector) (i32.shl (i32.and (local.get $dimension) (i32.const -8)) (i32.const 2))))
        (local.set $component (local.get $query))
        (local.set $a (v128.const f64x2 0 0))
        (local.set $b (v128.const f64x2 0 0))
        (local.set $c (v128.const f64x2 0 0))
        (local.set $d (v128.const f64x2 0 0))
        (local.set $rest (f64.const 0))
        (block $eights_done
          (loop $next_eight
            (br_if $eights_done (i32.ge_u (local.get $vector) (local.get $eights)))
            (local.set $low (v128.load align=4 (local.get $vector)))
            (local.set $high (v128.load offset=16 align=4 (local.get $vector)))
            (local.set $difference
              (f64x2.sub (f64x2.promote_low_f32x4 (local.get $low)) (v128.load (local.get $component))))
            (local.set $a (f64x2.add (local.get $a) (f64x2.mul (local.get $difference) (local.get $difference))))
            (local.set $difference
              (f64x2.sub
                (f64x2.promote_low_f32x4
                  (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $low) (local.get $low)))
                (v128.load offset=16 (local.get $component))))
            (local.set $b (f64x2.add (local.get $b) (f64x2.mul (local.get $difference) (local.get $difference))))
            (local.set $difference
              (f64x2.sub (f64x2.promote_low_f32x4 (local.get $high)) (v128.load offset=32 (local.get $component))))
            (local.set $c (f64x2.add (local.get $c) (f64x2.mul (local.get $difference) (local.get $difference))))
            (local.set $difference
              (f64x2.sub
                (f64x2.promote_low_f32x4
                  (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $high) (local.get $high)))
                (v128.load offset=48 (local.get $component))))
            (local.set $d (f64x2.add (local.get $d) (f64x2.mul (local.get $difference) (local.get $difference))))
            (local.set $vector (i32.add (local.get $vector) (i32.const 32)))
            (local.set $component (i32.add (local.get $component) (i32.const 64)))
            (br $next_eight)))
        (block $rest_done
          (loop $next
            (br_if $rest_done (i32.ge_u (local.get $vector) (local.get $stop)))
            (local.set $one
              (f64.sub (f64.promote_f32 (f32.load (local.get $vector))) (f64.load (local.get $component))))
            (local.set $rest (f64.add (local.get $rest) (f64.mul (local.get $one) (local.get $one))))
            (local.set $vector (i32.add (local.get $vector) (i32.const 4)))
            (local.set $component (i32.add (local.get $component) (i32.const 8)))
            (br $next)))
        (local.set $a
          (f64x2.add
            (f64x2.add (local.get $a) (local.get $c))
            (f64x2.add (local.get $b) (local.get $d))))
        (f32.store (local.get $out)
          (f32.demote_f64
            (f64.add
              (f64.add (f64x2.extract_lane 0 (local.get $a)) (f64x2.extract_lane 1 (local.get $a)))
              (local.get $rest))))
        (local.set $entries (i32.add (local.get $entries) (i32.const 4)))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (br $rows)))))

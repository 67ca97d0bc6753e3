From mathcomp Require Import all_ssreflect ssralg ssrint ssrnum interval ring.
From mathcomp.classical Require Import boolp classical_sets functions mathcomp_extra.
From mathcomp.analysis Require Import reals constructive_ereal ereal signed topology normedtype landau sequences derive realfun exp.
From xent Require Import base extended says.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Def Num.Theory numFieldNormedType.Exports.
Local Open Scope ring_scope.

(** on the closed simplex, in [0, +oo]: each theorem is called by the claim and the relation of the book that it states; says.v has what is made from these *)
Section Tied.
Variable R : realType.

Theorem cross_entropy_decomposition_sum : says_cross_entropy_decomposition_sum R.
Proof. by move=> K p q [p0 _] [q0 _]; exact: cross_entropy_decomposition. Qed.

Theorem same_minimiser_values : says_same_minimiser_values R.
Proof. exact: cross_entropy_decomposition_sum. Qed.

Theorem gibbs_inequality_gibbs : says_gibbs_inequality_gibbs R.
Proof.
move=> K p q sp sq; have [le [e1 e2]] := gibbs_inequality sp sq; split=> //.
by split=> [/esym|/e2].
Qed.

Theorem cross_entropy_definition_least : says_cross_entropy_definition_least R.
Proof.
move=> K p q sp sq; have [le [e1 e2]] := least_value sp sq; split=> //.
by split=> [/esym|/e2].
Qed.
End Tied.

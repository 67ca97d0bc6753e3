From mathcomp Require Import all_ssreflect ssralg ssrint ssrnum interval ring.
From mathcomp.classical Require Import boolp classical_sets functions mathcomp_extra.
From mathcomp.analysis Require Import reals constructive_ereal ereal signed topology normedtype landau sequences derive realfun exp.
From xent Require Import base multinom likelihood types counts covariance softmax extended says.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Def Num.Theory numFieldNormedType.Exports.
Local Open Scope ring_scope.

(** each theorem says what is made from a relation that the book prints; its name is the claim's and the relation's *)
Section Ties.
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

(** ** mistakes, and that they are false: one class, where p = 1 and q = 1/e *)
Lemma over_unit (f : unit -> R) : \sum_(k : unit) f k = f tt.
Proof. by rewrite (big_pred1 tt)// => -[]. Qed.

Let e := expR (- 1 : R).
Lemma e_gt0 : 0 < e. Proof. exact: expR_gt0. Qed.
Lemma e_lt1 : e < 1. Proof. by rewrite expR_lt1 oppr_lt0. Qed.
Lemma ln_e : ln e = - 1. Proof. exact: expK. Qed.

Theorem not_cross_entropy_decomposition_sum_1 : ~ wrong_cross_entropy_decomposition_sum_1 R.
Proof.
move=> /(_ [finType of unit] (fun=> 1) (fun=> e) e); rewrite !over_unit card_unit.
rewrite divr1 ln1 ln_e !mul1r subr0 opprK mulrN1 => /(_ isT (fun=> ltr01) erefl e_gt0 (ltW e_lt1) (fun=> e_gt0) erefl) E.
by have := e_gt0; rewrite -oppr_lt0 -E ltr10.
Qed.
End Ties.

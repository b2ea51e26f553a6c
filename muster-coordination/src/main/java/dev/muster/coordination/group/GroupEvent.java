package dev.muster.coordination.group;

/** What happens in a group. A member that left and joined again unseen is told as both. */
public sealed interface GroupEvent {

    String group();

    /** A member joined. */
    record Joined(String group, Member member) implements GroupEvent {}

    /** A member left, or its session ended. The member as it was last seen. */
    record Left(String group, Member member) implements GroupEvent {}

    /** A member set its capabilities. The member as it is now. */
    record Updated(String group, Member member) implements GroupEvent {}

    /** The group was deleted. What comes after tells of a new group of the same name. */
    record Deleted(String group) implements GroupEvent {}
}
